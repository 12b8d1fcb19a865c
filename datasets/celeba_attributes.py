"""CelebA's forty attributes in groups of what they are about."""

GROUPS = {
    "hair": (
        "Bald",
        "Bangs",
        "Black_Hair",
        "Blond_Hair",
        "Brown_Hair",
        "Gray_Hair",
        "Receding_Hairline",
        "Straight_Hair",
        "Wavy_Hair",
    ),
    "facial hair": ("5_o_Clock_Shadow", "Goatee", "Mustache", "No_Beard", "Sideburns"),
    "face": ("Chubby", "Double_Chin", "High_Cheekbones", "Oval_Face", "Pale_Skin", "Rosy_Cheeks"),
    "features": (
        "Arched_Eyebrows",
        "Bags_Under_Eyes",
        "Big_Lips",
        "Big_Nose",
        "Bushy_Eyebrows",
        "Narrow_Eyes",
        "Pointy_Nose",
    ),
    "expression": ("Mouth_Slightly_Open", "Smiling"),
    "accessories": ("Eyeglasses", "Wearing_Earrings", "Wearing_Hat", "Wearing_Necklace", "Wearing_Necktie"),
    "make-up": ("Heavy_Makeup", "Wearing_Lipstick"),
    "person": ("Attractive", "Male", "Young"),
    "picture": ("Blurry",),
}
GROUP_OF = {name: group for group, names in GROUPS.items() for name in names}
NAMES = tuple(sorted(GROUP_OF, key=str.lower))  # the order of CelebA's own file
SOURCES = ("CelebA's annotation",) * len(NAMES)
