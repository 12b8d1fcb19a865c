"""Methods by name; nothing is imported before it is looked up."""

METHODS = {
    "dbae": "diffrep.methods.dbae:DBAE",
    "ddae": "diffrep.methods.ddae:DDAE",
    "diffae": "diffrep.methods.diffae:DiffAE",
    "diffsiam": "diffrep.methods.diffsiam:DiffSiam",
    "diti": "diffrep.methods.diti:DiTi",
    "drl": "diffrep.methods.drl:DRL",
    "encdiff": "diffrep.methods.encdiff:EncDiff",
    "encdiff_latent": "diffrep.methods.encdiff:LatentEncDiff",
    "pca": "diffrep.methods.pca:PCA",
    "pdae": "diffrep.methods.pdae:PDAE",
    "random": "diffrep.methods.random:RandomEncoder",
    "simsiam": "diffrep.methods.simsiam:SimSiam",
    "vae": "diffrep.methods.vae:VAE",
}
