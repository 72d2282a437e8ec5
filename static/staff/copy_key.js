// A key that was just issued goes to the clipboard; only secure pages have one.
(() => {
  const button = document.getElementById('copy-key'), told = document.getElementById('copy-told');
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(document.getElementById('issued-key').textContent);
      told.textContent = 'Copied';
    } catch (refused) {
      told.textContent = 'The browser refuses: select the key and copy it';
    }
  });
})();
