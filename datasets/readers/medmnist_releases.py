"""MedMNIST's two-dimensional data sets (Yang et al. 2023, arXiv:2110.14795): how each is known, and its classes.

Sums and words are those of the authors' package, version 2.1. Version 3 has the same numbers of images, but for the
organs, of which it has fewer.
"""

from typing import NamedTuple

ORGANS = (
    *("bladder", "femur-left", "femur-right", "heart", "kidney-left", "kidney-right"),
    *("liver", "lung-left", "lung-right", "pancreas", "spleen"),
)


class MedRelease(NamedTuple):
    """A data set: images of training, validation and test, channels, the md5 at 28 pixels, and its classes.

    The md5 is empty where none is known.
    """

    counts: tuple[int, int, int]
    channels: int
    md5: str
    classes: tuple[str, ...]


RELEASES = {
    "PathMNIST": MedRelease(
        (89996, 10004, 7180),
        3,
        "a8b06965200029087d5bd730944a56c1",
        (
            "adipose",
            "background",
            "debris",
            "lymphocytes",
            "mucus",
            "smooth muscle",
            "normal colon mucosa",
            "cancer-associated stroma",
            "colorectal adenocarcinoma epithelium",
        ),
    ),
    "ChestMNIST": MedRelease(
        (78468, 11219, 22433),
        1,
        "02c8a6516a18b556561a56cbdd36c4a8",
        (
            "atelectasis",
            "cardiomegaly",
            "effusion",
            "infiltration",
            "mass",
            "nodule",
            "pneumonia",
            "pneumothorax",
            "consolidation",
            "edema",
            "emphysema",
            "fibrosis",
            "pleural",
            "hernia",
        ),
    ),
    "DermaMNIST": MedRelease(
        (7007, 1003, 2005),
        3,
        "0744692d530f8e62ec473284d019b0c7",
        (
            "actinic keratoses and intraepithelial carcinoma",
            "basal cell carcinoma",
            "benign keratosis-like lesions",
            "dermatofibroma",
            "melanoma",
            "melanocytic nevi",
            "vascular lesions",
        ),
    ),
    "OCTMNIST": MedRelease(
        (97477, 10832, 1000),
        1,
        "c68d92d5b585d8d81f7112f81e2d0842",
        ("choroidal neovascularization", "diabetic macular edema", "drusen", "normal"),
    ),
    "PneumoniaMNIST": MedRelease((4708, 524, 624), 1, "28209eda62fecd6e6a2d98b1501bb15f", ("normal", "pneumonia")),
    "RetinaMNIST": MedRelease(
        (1080, 120, 400), 3, "bd4c0672f1bba3e3a89f0e4e876791e4", tuple(f"grade {n}" for n in range(5))
    ),
    "BreastMNIST": MedRelease((546, 78, 156), 1, "750601b1f35ba3300ea97c75c52ff8f6", ("malignant", "normal or benign")),
    "BloodMNIST": MedRelease(
        (11959, 1712, 3421),
        3,
        "7053d0359d879ad8a5505303e11de1dc",
        (
            "basophil",
            "eosinophil",
            "erythroblast",
            "immature granulocytes",
            "lymphocyte",
            "monocyte",
            "neutrophil",
            "platelet",
        ),
    ),
    "TissueMNIST": MedRelease(
        (165466, 23640, 47280),
        1,
        "ebe78ee8b05294063de985d821c1c34b",
        (
            "collecting duct, connecting tubule",
            "distal convoluted tubule",
            "glomerular endothelial cells",
            "interstitial endothelial cells",
            "leukocytes",
            "podocytes",
            "proximal tubule segments",
            "thick ascending limb",
        ),
    ),
    "OrganAMNIST, version 2": MedRelease((34581, 6491, 17778), 1, "866b832ed4eeba67bfb9edee1d5544e6", ORGANS),
    "OrganAMNIST, version 3": MedRelease((34561, 6491, 17778), 1, "", ORGANS),
    "OrganCMNIST, version 2": MedRelease((13000, 2392, 8268), 1, "0afa5834fb105f7705a7d93372119a21", ORGANS),
    "OrganCMNIST, version 3": MedRelease((12975, 2392, 8216), 1, "", ORGANS),
    "OrganSMNIST, version 2": MedRelease((13940, 2452, 8829), 1, "e5c39f1af030238290b9557d9503af9d", ORGANS),
    "OrganSMNIST, version 3": MedRelease((13932, 2452, 8827), 1, "", ORGANS),
}
