"""Training, the sizes of samples, and what the stages shared by all methods write."""

from diffrep.metrics.facts.number import DETAIL, UNIT, Number

TRAINING_NUMBERS = (
    Number("steps", "steps", "training", "", 0, "", "", "Optimiser steps."),
    Number("images_seen", "images seen", "training", "", 0, "", "", "Steps times batch."),
    Number(
        "train_loss", "train loss", "training", "", 4, "", "",
        "Each method's own loss at the end: not comparable between methods.",
    ),
    Number("valid_loss", "valid loss", "training", "", 4, "", "", "The same loss on validation images."),
    Number(
        "parameters", "parameters", "training", "", 0, "", "",
        "All weights that the method uses, frozen ones included.",
    ),
    Number(
        "parameters_trained", "trained parameters", "training", "", 0, "", "",
        "Weights that this method's training changes.",
    ),
)  # fmt: skip

SIZE_NUMBERS = (
    *(
        Number(f"n_{name}", words, DETAIL, "", 0, "1 or more", "", f"How many {words} the numbers beside it rest on.")
        for name, words in (
            ("train", "training rows"),
            ("valid", "validation rows"),
            ("test", "test rows"),
            ("images", "images"),
            ("denoised", "denoised validation images"),
        )
    ),
    Number(
        "n_pairs", "pairs", DETAIL, "", 0, "1 or more", "",
        "How many pairs were drawn. Of a source and a donor half choose parts and steps, and half are judged.",
    ),
)  # fmt: skip

ORACLE_NUMBERS = (
    Number(
        "accuracy", "oracle accuracy", DETAIL, "up", 3, UNIT, "the most frequent value's share",
        "Accuracy of the oracle on real test images, mean over factors or attributes.",
    ),
)  # fmt: skip
FACTOR_FAMILIES = (
    Number(
        "accuracy_{factor}", "oracle accuracy, {factor}", DETAIL, "up", 3, UNIT, "the most frequent value's share",
        "Accuracy of the oracle on real test images, {factor}.",
    ),
    Number(
        "attribute_loss_{factor}_t{t}", "loss of {factor} at {t}", DETAIL, "", 3, UNIT, "0.5",
        "How often the base model's view at time {t} is nearer to a twin that differs in {factor} alone.",
    ),
    Number(
        "two_image_loss_{factor}_t{t}", "foretold loss of {factor} at {t}", DETAIL, "", 3, UNIT, "0.5",
        "The same in closed form, were there no other images than the two.",
    ),
    Number(
        "twin_distance_{factor}", "distance of twins in {factor}", DETAIL, "", 2, "0 or more", "",
        "Root of the squared distance of images that differ in {factor} alone, in [-1, 1], mean over pairs.",
    ),
    Number(
        "half_lost_{factor}", "half of {factor} lost", DETAIL, "", 0, "0 or more", "",
        "The time at which noise has half taken {factor}.",
    ),
)  # fmt: skip
NOISE_NUMBERS = (
    Number(
        "attribute_loss", "loss over time", DETAIL, "", 3, UNIT, "0.5",
        "In place of the losses of all factors where there are no twins.",
    ),
)  # fmt: skip
