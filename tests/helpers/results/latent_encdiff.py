"""Results of EncDiff in a latent space, by the settings of its paper's table: what printed numbers stand beside."""

from results_tree import ResultsTree

SCORES = (0.95, 0.96, 0.97)  # of three seeds


def put_latent_encdiff(tree: ResultsTree, **trained: object) -> ResultsTree:
    """The tree with these results as row alpha; trained: what else its trainings say of themselves."""
    tree.sections["alpha"] = {"adapter": "encdiff_latent"}
    tree.share("prepare", notes={"image_shape": [3, 64, 64]})
    for seed, score in enumerate(SCORES):
        tree.put("alpha", "train", seed, images_seen=2560, device="cuda", **trained)
        tree.put("alpha", "disentangle", seed, dci_disentanglement=score, n_train=10000)
    return tree
