"""Images with what is known of them: the table of data sets by name."""

DATASETS = {
    "shapes3d_rendered": "diffrep.datasets.shapes3d_rendered:Shapes3DRendered",
    "fashion_mnist": "diffrep.datasets.fashion_mnist:FashionMNIST",
}
