"""Words of invented products in both scripts: syllables that make up brand names, and flavours that shops know."""

SYLLABLES: tuple[tuple[str, str], ...] = (
    ("ba", "با"), ("ka", "كا"), ("lo", "لو"), ("mi", "مي"), ("ra", "را"), ("ne", "ني"), ("so", "سو"), ("vi", "في"),
    ("tu", "تو"), ("pe", "بي"), ("zo", "زو"), ("da", "دا"), ("fi", "في"), ("gu", "جو"), ("ha", "ها"), ("ly", "لي"),
    ("no", "نو"), ("qua", "كوا"), ("ri", "ري"), ("sta", "ستا"), ("tro", "ترو"), ("va", "فا"), ("wen", "وين"),
    ("ya", "يا"), ("bel", "بيل"), ("cor", "كور"), ("dan", "دان"), ("fer", "فير"), ("gol", "جول"), ("sha", "شا"),
    ("mo", "مو"), ("jo", "جو"), ("zi", "زي"), ("lan", "لان"), ("ti", "تي"), ("ros", "روس"), ("man", "مان"),
    ("ki", "كي"), ("del", "ديل"), ("xi", "كسي"), ("far", "فار"), ("nur", "نور"), ("sal", "سال"), ("mar", "مار"),
    ("che", "تشي"), ("o", "و"), ("al", "ال"), ("ber", "بير"), ("hu", "هو"), ("pla", "بلا"),
)  # fmt: skip
"""Latin and Arabic spelling of the same sound."""

FLAVOURS: tuple[tuple[str, str, str], ...] = (
    ("Apple", "تفاح", "apple"), ("Orange", "برتقال", "orange"), ("Mango", "مانجو", "mango"),
    ("Pomegranate", "رمان", "pomegranate"), ("Lemon", "ليمون", "lemon"), ("Lime", "ليم", "slice"),
    ("Grape", "عنب", "grapes"), ("Strawberry", "فراولة", "strawberry"), ("Cherry", "كرز", "cherry"),
    ("Pineapple", "أناناس", "pineapple"), ("Grapefruit", "جريب فروت", "slice"), ("Peach", "خوخ", "orange"),
    ("Mint", "نعناع", "herb"), ("Green Tea", "شاي أخضر", "herb"), ("Olive", "زيتون", "herb"),
    ("Basil", "ريحان", "herb"), ("Coffee", "قهوة", "bean"), ("Cappuccino", "كابتشينو", "cup"),
    ("Hot Cocoa", "كاكاو", "cup"), ("Black Tea", "شاي", "cup"), ("Sparkling", "فوار", "bubbles"),
    ("Ocean", "محيط", "splash"), ("Milk", "حليب", "splash"), ("Spring", "ينبوع", "mountain"),
    ("Alpine", "جبلي", "mountain"), ("Jasmine", "ياسمين", "flower"), ("Chamomile", "بابونج", "flower"),
    ("Rose", "ورد", "rose"), ("Lavender", "خزامى", "lavender"), ("Aloe", "صبار", "aloe"),
    ("Almond", "لوز", "almond"), ("Pistachio", "فستق", "almond"), ("Dates", "تمر", "almond"),
    ("Salted", "مملح", "crisp"), ("Natural", "طبيعي", "crisp"), ("Cheese", "جبنة", "cheese"),
    ("Cheddar", "شيدر", "cheese"), ("Ketchup", "كاتشب", "tomato"), ("Tomato", "طماطم", "tomato"),
    ("Chilli", "فلفل حار", "chilli"), ("Paprika", "بابريكا", "chilli"), ("Wheat", "قمح", "wheat"),
    ("Oats", "شوفان", "wheat"), ("Sesame", "سمسم", "wheat"), ("Butter Biscuit", "بسكويت بالزبدة", "biscuit"),
    ("Chocolate", "شوكولاتة", "biscuit"), ("Vanilla", "فانيليا", "flower"), ("Tuna", "تونة", "fish"),
    ("Sardines", "سردين", "fish"), ("Honey", "عسل", "flower"), ("Blueberry", "توت أزرق", "grapes"),
    ("Raspberry", "توت", "strawberry"), ("Coconut", "جوز هند", "bubbles"), ("Ginger", "زنجبيل", "herb"),
)  # fmt: skip
"""English, Arabic, and the picture that goes with it."""

QUALITIES: tuple[tuple[str, str], ...] = (
    ("Classic", "كلاسيك"), ("Light", "لايت"), ("Extra", "إكسترا"), ("Fresh", "طازج"), ("Gold", "ذهبي"),
    ("Royal", "ملكي"), ("Family", "عائلي"), ("Pure", "نقي"), ("Sweet", "حلو"), ("Spicy", "حار"), ("Crispy", "مقرمش"),
    ("Zero", "زيرو"), ("Bio", "عضوي"), ("Soft", "ناعم"), ("Strong", "قوي"), ("Wild", "بري"),
)  # fmt: skip
"""What is said of a flavour, in both scripts."""

NATURAL: dict[str, tuple[tuple[int, int, int], ...]] = {
    "apple": ((190, 30, 36), (120, 170, 44)), "orange": ((244, 130, 16),), "slice": ((240, 190, 30), (150, 190, 40)),
    "lemon": ((246, 214, 40),), "mango": ((248, 176, 30),), "pomegranate": ((176, 24, 54),),
    "grapes": ((98, 44, 122), (66, 82, 160), (150, 180, 70)), "strawberry": ((214, 30, 44),),
    "cherry": ((160, 16, 40),), "pineapple": ((232, 180, 40),), "bubbles": ((60, 150, 214), (150, 24, 32)),
    "mountain": ((70, 120, 176),), "herb": ((64, 132, 58), (104, 120, 48)), "bean": ((92, 56, 32),),
    "splash": ((60, 150, 206), (226, 222, 210)), "flower": ((240, 222, 150), (236, 236, 228)),
    "rose": ((214, 60, 104),), "lavender": ((130, 100, 186),), "aloe": ((80, 158, 90),),
    "almond": ((176, 122, 70), (150, 170, 90)), "crisp": ((232, 178, 50),), "cheese": ((240, 170, 40),),
    "tomato": ((206, 38, 30),), "chilli": ((206, 28, 24),), "wheat": ((206, 160, 80),), "biscuit": ((150, 96, 50),),
    "cup": ((104, 66, 40),), "fish": ((86, 118, 150),),
}  # fmt: skip
"""What colours the thing in the picture has."""
