"""The catalogue LIQUID_HAND_SOAP / HIGEEN: seventeen SKUs in pumps, refill pouches and canisters."""

from demo.catalogues.catalogue import Catalogue, sold
from demo.design import Brand, Design, Flavour, Package, Product
from demo.invention import SOAPS

_HOUSE = Brand(
    name="Higeen", arabic="هايجين", font="Serif", layout="arch", badge="cloud", mark="drop",
    ground=(252, 252, 254), ink=(255, 255, 255), badge_colour=(14, 92, 168), flavour_ground=False,
    words_font="Sans", details=("seal", "lines"), cap=(246, 246, 246),
)  # fmt: skip

_SCENTS = {
    "ROSE": Flavour("Damask Rose", "ورد جوري", "rose", (222, 84, 132), (244, 172, 196)),
    "LAVENDER": Flavour("Lavender", "خزامى", "lavender", (132, 98, 190), (196, 174, 232)),
    "ALOE": Flavour("Aloe Vera", "صبار", "aloe", (70, 158, 84), (180, 222, 160)),
    "LEMON": Flavour("Lemon", "ليمون", "lemon", (238, 196, 24), (250, 232, 120)),
    "OCEAN": Flavour("Sea Minerals", "معادن البحر", "splash", (24, 142, 196), (140, 208, 236)),
    "ALMOND": Flavour("Almond Milk", "حليب اللوز", "almond", (190, 140, 92), (246, 234, 214)),
}

_PACKAGES = {
    "500ML_PUMP": Package("pump", 78, 196, "500 ml", slim=0.3),
    "250ML_PUMP": Package("pump", 62, 158, "250 ml", slim=0.45),
    "1L_REFILL": Package("pouch", 152, 236, "1 L", slim=0.4),
    "450ML_REFILL": Package("pouch", 112, 184, "450 ml", slim=0.6),
    "2L_REFILL": Package("jug", 138, 262, "2 L", slim=0.5),
}

_RANGE = {
    "500ML_PUMP": ("ROSE", "LAVENDER", "ALOE", "LEMON", "OCEAN", "ALMOND"),
    "250ML_PUMP": ("ROSE", "LAVENDER", "ALOE"),
    "1L_REFILL": ("ROSE", "LAVENDER", "ALOE"),
    "450ML_REFILL": ("LAVENDER", "ALOE"),
    "2L_REFILL": ("ROSE", "LAVENDER", "LEMON"),
}

_RAVENDA = Brand(
    name="Ravenda", arabic="رافندا", font="Leckerli", layout="glow", badge="none", mark="bloom",
    ground=(246, 236, 226), ink=(104, 36, 74), badge_colour=(104, 36, 74), flavour_ground=True, composition="hero",
    words_font="SerifItalic", details=("claims",), cap=(206, 170, 110),
)  # fmt: skip
_ZOLEEM = Brand(
    name="ZOLEEM", arabic="زوليم", font="SansBold", layout="split", badge="plate", mark="chevrons",
    ground=(232, 246, 250), ink=(255, 255, 255), badge_colour=(206, 30, 46), flavour_ground=False,
    composition="banner", details=("burst", "lines"), cap=(30, 60, 130),
)  # fmt: skip
_JASMINE = Flavour("Jasmine", "ياسمين", "flower", (236, 222, 170), (248, 244, 220))
_OLIVE = Flavour("Olive Oil", "زيت الزيتون", "herb", (128, 142, 52), (206, 206, 120))

HIGEEN = Catalogue(
    category="LIQUID_HAND_SOAP", brand="HIGEEN",
    products=sold("HIGEEN", {"": _HOUSE}, _SCENTS, _PACKAGES, _RANGE),
    rivals=(
        Product(Design(_RAVENDA, _JASMINE, Package("pump", 72, 190, "500 ml", slim=0.8))),
        Product(Design(_RAVENDA, _SCENTS["ROSE"], Package("pump", 72, 190, "500 ml", slim=0.8))),
        Product(Design(_RAVENDA, _SCENTS["LAVENDER"], Package("pouch", 146, 228, "900 ml", slim=0.7))),
        Product(Design(_ZOLEEM, _OLIVE, Package("pump", 80, 188, "450 ml", slim=0.1))),
        Product(Design(_ZOLEEM, _SCENTS["LEMON"], Package("pump", 80, 188, "450 ml", slim=0.1))),
        Product(Design(_ZOLEEM, _SCENTS["OCEAN"], Package("jug", 134, 254, "2 L", slim=0.2))),
    ),
    rival_kinds=SOAPS,
)  # fmt: skip
