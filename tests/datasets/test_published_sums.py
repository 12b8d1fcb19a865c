"""Sums of published files to the digit, written a second time: a data set that is known by one is known by no other.

They are those of torchvision, disent, rr-learning's page of MPI3D, medmnist's package and Zalando's files.
"""

import re

from diffrep.datasets import celeba, cifar, fashion_mnist, lfw, mnist, smallnorb
from diffrep.datasets.cars3d import Cars3D
from diffrep.datasets.celeba import CelebA
from diffrep.datasets.lfw import LFW
from diffrep.datasets.mpi3d import VARIANTS
from diffrep.datasets.readers.medmnist_releases import RELEASES
from diffrep.datasets.shapes3d import Shapes3D


def told_in(text):
    """The md5 that a sentence names."""
    return re.findall(r"md5 ([0-9a-f]+)", text)


def test_shapes3d_and_cars3d():
    assert (Shapes3D.published_md5, Cars3D.published_md5) == (
        "099a2078d58cec4daad0702c55d06868",
        "4e866a7919c1beedf53964e6f7a23686",
    )
    for grid in (Shapes3D, Cars3D):
        assert told_in(grid.about.size + grid.about.place) == [grid.published_md5]


def test_mpi3d():
    assert {name: variant.md5 for name, variant in VARIANTS.items()} == {
        "toy": "55889cb7c7dfc655d6e0277beee88868",
        "realistic": "59a6225b88b635365f70c91b3e52f70f",
        "real": "0f33f609918fb5c97996692f91129802",
        "real_complex": "",
        "challenge_toy": "",
    }


def test_smallnorb():
    training, testing = "smallnorb-5x46789x9x18x6x2x96x96-training", "smallnorb-5x01235x9x18x6x2x96x96-testing"
    assert dict(smallnorb.FILES) == {
        f"{training}-dat.mat.gz": "66054832f9accfe74a0f4c36a75bc0a2",
        f"{training}-cat.mat.gz": "23c8b86101fbf0904a000b43d3ed2fd9",
        f"{training}-info.mat.gz": "51dee1210a742582ff607dfd94e332e3",
        f"{testing}-dat.mat.gz": "e4ad715691ed5a3a5f138751a4ceb071",
        f"{testing}-cat.mat.gz": "5aa791cd7e6016cf957ce9bdb93b8603",
        f"{testing}-info.mat.gz": "a9454f3864d7fd4bb3ea7fc3eb84924e",
    }


def test_celeba():
    assert celeba.PUBLISHED == {
        "75e246fa4810816ffd6ee81facbd244c": "list_attr_celeba.txt",
        "d32c9cbf5e040fd4025c592c306e6668": "list_eval_partition.txt",
    }
    assert told_in(CelebA.about.place) == ["00d2c5bc6d35e252742224ab0c1e8fcb"]


def test_lfw():
    assert lfw.PUBLISHED == {
        "54eaac34beb6d042ed3a7d883e247a21": "peopleDevTrain.txt",
        "e4bf5be0a43b5dcd9dc5ccfcb8fb19c5": "peopleDevTest.txt",
    }
    assert told_in(LFW.about.place) == ["1b42dfed7d15c9b2dd63d5e5840c86ad"]


def test_cifar10():
    released = cifar.TEN
    assert released == cifar.Release(
        "cifar-10-python.tar.gz",
        "c58f30108f718f92721af3b95e74349a",
        "cifar-10-batches-py",
        train={
            "data_batch_1": "c99cafc152244af753f735de768cd75f",
            "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
            "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
            "data_batch_4": "634d18415352ddfa80567beed471001a",
            "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
        },
        test={"test_batch": "40351d587109b95175f43aff81a1287e"},
        names={"batches.meta": "5ff9c542aee3614f3951f8cda6e48888"},
    )


def test_cifar100():
    released = cifar.HUNDRED
    assert released == cifar.Release(
        "cifar-100-python.tar.gz",
        "eb9058c3a382ffc7106e4002c42a8d85",
        "cifar-100-python",
        train={"train": "16019d7e3df5f24257cddd939b257f8d"},
        test={"test": "f0ef6b0ae62326f3e7ffdfab6717acfc"},
        names={"meta": "7973b15100ade9c7d40fb424638fde48"},
    )


def test_mnist_and_its_kin():
    assert {md5: title for md5, (title, *_) in mnist.RELEASES.items()} == {
        "f68b3c2dcbeaaa9fbdd348bbdeb94873": "MNIST",
        "bdb82020997e1d708af4cf47b453dcf7": "Kuzushiji-MNIST",
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d": "Fashion-MNIST",
    }


def test_fashion_mnist_unpacked():
    assert fashion_mnist.CHECKSUMS == {
        "t10k-images-idx3-ubyte.gz": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "t10k-labels-idx1-ubyte.gz": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        "train-images-idx3-ubyte.gz": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "train-labels-idx1-ubyte.gz": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    }


def test_medmnist():
    assert {name.removesuffix(", version 2"): release.md5 for name, release in RELEASES.items() if release.md5} == {
        "PathMNIST": "a8b06965200029087d5bd730944a56c1",
        "ChestMNIST": "02c8a6516a18b556561a56cbdd36c4a8",
        "DermaMNIST": "0744692d530f8e62ec473284d019b0c7",
        "OCTMNIST": "c68d92d5b585d8d81f7112f81e2d0842",
        "PneumoniaMNIST": "28209eda62fecd6e6a2d98b1501bb15f",
        "RetinaMNIST": "bd4c0672f1bba3e3a89f0e4e876791e4",
        "BreastMNIST": "750601b1f35ba3300ea97c75c52ff8f6",
        "BloodMNIST": "7053d0359d879ad8a5505303e11de1dc",
        "TissueMNIST": "ebe78ee8b05294063de985d821c1c34b",
        "OrganAMNIST": "866b832ed4eeba67bfb9edee1d5544e6",
        "OrganCMNIST": "0afa5834fb105f7705a7d93372119a21",
        "OrganSMNIST": "e5c39f1af030238290b9557d9503af9d",
    }
