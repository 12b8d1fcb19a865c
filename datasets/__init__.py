"""Images with what is known of them: the table of data sets by name."""

DATASETS = {
    "shapes3d_rendered": "diffrep.datasets.shapes3d_rendered:Shapes3DRendered",
    "faces_drawn": "diffrep.datasets.faces_drawn:FacesDrawn",
    "fashion_mnist": "diffrep.datasets.fashion_mnist:FashionMNIST",
    "shapes3d": "diffrep.datasets.shapes3d:Shapes3D",
    "cars3d": "diffrep.datasets.cars3d:Cars3D",
    "mpi3d": "diffrep.datasets.mpi3d:MPI3D",
    "dsprites": "diffrep.datasets.dsprites:DSprites",
    "smallnorb": "diffrep.datasets.smallnorb:SmallNORB",
    "celeba": "diffrep.datasets.celeba:CelebA",
    "celebahq": "diffrep.datasets.celebahq:CelebAHQ",
    "ffhq": "diffrep.datasets.ffhq:FFHQ",
    "lsun": "diffrep.datasets.lsun:LSUN",
    "lfw": "diffrep.datasets.lfw:LFW",
}
