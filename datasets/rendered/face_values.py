"""What the faces of `face.py` are made of: factors and their values, each with a drawing or a colour of python-avatars.

Values were chosen by looking at them at 32 pixels, under the values of all other factors: what could not be told apart
there is left out. So there is no bald head, whose hair would have no colour, and no wink, which an eyepatch would hide.
"""

from math import prod

VALUES: dict[str, dict[str, str]] = {  # factor: its values, each with its drawing or its colour in the package
    "hair_style": {
        "balding": "sides",
        "mohawk": "mohawk",
        "short": "short_flat",
        "quiff": "pompadour",
        "spiky": "evil_spike",
        "one_sided": "half_shaved",
        "curly": "curly",
        "afro": "fro",
        "bob": "bob",
        "long": "straight_1",
    },
    "hair_colour": {
        "black": "#2C1B18",
        "brown": "#724133",
        "red": "#C93305",
        "blond": "#D6B370",
        "grey": "#E8E1E1",
        "pink": "#F59797",
    },
    "skin": {"pale": "#FFDBB4", "light": "#EDB98A", "tan": "#D08B5B", "brown": "#AE5D29", "dark": "#614335"},
    "brows": {
        "angry": "angry_natural",
        "flat": "flat_natural",
        "raised": "raised_excited_natural",
        "sad": "sad_concerned_natural",
        "joined": "unibrow_natural",
    },
    "eyes": {
        "open": "default",
        "closed": "closed",
        "wide": "surprised",
        "rolling": "eye_roll",
        "narrow": "squint",
        "hearts": "heart",
    },
    "mouth": {
        "serious": "serious",
        "smile": "smile",
        "laugh": "big_smile",
        "grimace": "grimace",
        "scream": "scream_open",
        "tongue": "tongue",
    },
    "accessory": {
        "none": "",
        "round_glasses": "round",
        "white_glasses": "prescription_01",
        "dark_glasses": "prescription_02",
        "sunglasses": "wayfarers_2",
        "eyepatch": "eyepatch",
    },
    "facial_hair": {
        "none": "",
        "short_beard": "beard_light",
        "full_beard": "beard_magestic",
        "moustache": "einstien_mustache",
    },
    "clothes": {
        "crew_neck": "shirt_crew_neck",
        "v_neck": "shirt_v_neck",
        "hoodie": "hoodie",
        "overall": "overall",
        "collar": "collar_sweater",
    },
    "clothes_colour": {
        "black": "#262E33",
        "grey": "#929598",
        "white": "#FFFFFF",
        "blue": "#5199E4",
        "red": "#FF5C5C",
        "green": "#A7FFC4",
        "yellow": "#FFFFB1",
    },
}
FACTOR_NAMES = tuple(VALUES)
FACTOR_SIZES = tuple(len(values) for values in VALUES.values())
WORDS = {name: tuple(values) for name, values in VALUES.items()}
COUNT = prod(FACTOR_SIZES)
NOSE = "nose/default"
FOLDERS = {  # where the drawings of a factor lie
    "hair_style": "top/hair",
    "brows": "eyebrows",
    "eyes": "eyes",
    "mouth": "mouth",
    "accessory": "accessories",
    "facial_hair": "facial_hair",
    "clothes": "clothes",
}
DRAWINGS = (
    "styles/transparent",
    NOSE,
    *(f"{folder}/{drawing}" for name, folder in FOLDERS.items() for drawing in VALUES[name].values() if drawing),
)
CHECKSUM = "507bb74ceb1f8f57c1c03c961fe7eeaae59d9fca40ed4396d50dfff1f847ba84"  # sha256 of the drawings, in this order
