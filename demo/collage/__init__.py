"""Photos of real products on rendered shelves, where the folder of real photos is at hand."""
