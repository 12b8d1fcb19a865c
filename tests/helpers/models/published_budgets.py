"""Published trainings as the papers and their code state them, apart from methods/published.yaml."""

ADAM = {
    "batch_size": 128,
    "learning_rate": 1e-4,
    "betas": [0.9, 0.999],
    "weight_decay": 0.0,
    "warmup": 0,
    "gradient_clip": 0.0,
    "schedule": "constant",
    "ema_decay": 0.9999,
    "ema_ramp": False,
    "precision": "32-true",
    "weights": "ema",
}
DIFFAE = ADAM | {"gradient_clip": 1.0, "precision": "16-mixed"}  # its noise predictors are PDAE's too
DRL = ADAM | {
    "batch_size": 100,
    "learning_rate": 2e-4,
    "warmup": 5_000,
    "gradient_clip": 1.0,
    "schedule": "constant_with_warmup",
    "ema_decay": 0.999,
    "ema_ramp": True,
    "weights": "raw",
}
VQ = ADAM | {"batch_size": 256, "learning_rate": 1.152e-3, "betas": [0.5, 0.9], "ema_decay": 0.0, "weights": "raw"}
ENCDIFF = ADAM | {
    "learning_rate": 2.56e-4,
    "weight_decay": 0.01,
    "warmup": 10_000,
    "schedule": "constant_with_warmup",
    "ema_ramp": True,
}
ENCDIFF_PAPER = ENCDIFF | {"batch_size": 64, "learning_rate": 1e-4, "warmup": 0}
DISDIS = ENCDIFF | {"batch_size": 512, "learning_rate": 1e-4, "warmup": 0}
DBAE = ADAM | {"batch_size": 256, "precision": "16-mixed"}


def of(settings: dict, images: int | None, steps: int | None, **changed: float) -> dict:
    """A budget of so many images and steps."""
    return {"images": images, "steps": steps, **settings, **changed}


BASE_CELEBA64 = of(DIFFAE, 72_000_000, 562_500)
BASE_130M = of(DIFFAE, 130_000_000, 1_015_625)
BASE_BEDROOM128 = of(DIFFAE, 120_000_000, 937_500)
CELEBA64 = of(ADAM, 38_000_000, 296_875)
FFHQ128 = of(ADAM, 64_000_000, 500_000)
BEDROOM128 = of(ADAM, 70_000_000, 546_875)
DIFFSIAM = ("diffsiam", "diffsiam_repo", "diti_balanced", "pdae_simsiam", "simsiam")
DRL_70K, DRL_250K = of(DRL, 7_000_000, 70_000), of(DRL, 25_000_000, 250_000)
DRL_ROWS = dict.fromkeys(("drl", "drl_noreg", "vdrl"), DRL_70K)
FUNCTIONS = dict.fromkeys(("drl", "vdrl"), DRL_250K)
FIRST_STAGE = {"autoencoder": of(VQ, None, None)}

PUBLISHED_BUDGETS = {
    "pdae-celeba64": {"base": BASE_CELEBA64, "pdae": CELEBA64},
    "pdae-ffhq128": {"base": BASE_130M, "pdae": FFHQ128},
    "pdae-horse128": {"base": BASE_130M, "pdae": FFHQ128},
    "pdae-bedroom128": {"base": BASE_BEDROOM128, "pdae": BEDROOM128},
    "pdae-celebahq128": {"base": of(DIFFAE, 52_000_000, 406_250), "pdae": of(ADAM, 25_000_000, 195_313)},
    "diti-celeba64": {
        "base": BASE_CELEBA64,
        "diti": CELEBA64,
        "diti_balanced": CELEBA64,
        "diti_stopgrad": of(ADAM, 60_000_000, 468_750),
        "diti_balanced_stopgrad": CELEBA64,
        "pdae": of(ADAM, 38_000_000, 296_875, learning_rate=2e-4),
    },
    "diti-ffhq128": {
        "base": BASE_130M,
        "diti": FFHQ128,
        "diti_balanced_stopgrad": FFHQ128,
        "pdae": of(ADAM, 64_000_000, 250_000, batch_size=256, learning_rate=2e-4),
    },
    "diti-bedroom128": {
        "base": BASE_BEDROOM128,
        "diti": BEDROOM128,
        "diti_balanced_stopgrad": BEDROOM128,
        "pdae": of(ADAM, 70_000_000, 546_875, learning_rate=5e-5),
    },
    "diffsiam-celeba64": {"base": BASE_CELEBA64, **dict.fromkeys(DIFFSIAM, CELEBA64)},
    "diffsiam-ffhq128": {"base": BASE_130M, **dict.fromkeys(DIFFSIAM, FFHQ128)},
    "diffae-celeba64": {"diffae": BASE_CELEBA64},
    "diffae-ffhq128": {"diffae": BASE_130M},
    "diffae-horse128": {"diffae": BASE_130M},
    "diffae-bedroom128": {"diffae": BASE_BEDROOM128},
    "diffae-ffhq256": {"diffae": of(DIFFAE, 200_000_000, 3_125_000, batch_size=64)},
    "drl-cifar10": DRL_ROWS | {"drl_high_noise": DRL_70K},
    "drl-cifar100": DRL_ROWS,
    "drl-mini_imagenet": DRL_ROWS,
    "functions-cifar10": FUNCTIONS,
    "functions-cifar100": FUNCTIONS,
    "functions-mini_imagenet": FUNCTIONS,
    "encdiff-shapes3d": FIRST_STAGE
    | {"encdiff_code": of(ENCDIFF, 4_800_000, 37_500), "encdiff_paper": of(ENCDIFF_PAPER, 4_800_000, 75_000)},
    "encdiff-cars3d": FIRST_STAGE
    | {"encdiff_code": of(ENCDIFF, 2_636_160, 20_595), "encdiff_paper": of(ENCDIFF_PAPER, 2_635_200, 41_175)},
    "encdiff-mpi3d": FIRST_STAGE
    | {"encdiff_code": of(ENCDIFF, 10_368_000, 81_000), "encdiff_paper": of(ENCDIFF_PAPER, 10_368_000, 162_000)},
    "disdis-shapes3d": FIRST_STAGE | {"disdis": of(DISDIS, 4_800_000, 9_375)},
    "dbae-celeba64": {"dbae": of(DBAE, 250_880_000, 980_000), "dbae_det": of(DBAE, 261_120_000, 1_020_000)},
    "dbae-ffhq128": dict.fromkeys(("dbae", "dbae_det"), of(DBAE, 261_120_000, 1_020_000)),
}
SIZES = {
    "celeba64": 162_770,
    "celebahq128": 30_000,
    "ffhq128": 70_000,
    "ffhq256": 70_000,
    "horse128": 2_000_340,
    "bedroom128": 3_033_042,
    "cifar10": 50_000,
    "cifar100": 50_000,
    "mini_imagenet": 50_000,
    "shapes3d": 480_000,
    "cars3d": 17_568,
    "mpi3d": 1_036_800,
}
IMAGES = {name: SIZES[name.split("-")[1]] for name in PUBLISHED_BUDGETS} | {"diffae-celeba64": 202_599}  # to learn from
