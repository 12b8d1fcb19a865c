"""What the figures of a data set show, in words."""

FIGURES = {
    "decoded": "What every trained method decodes from the codes of the same images, and from noise.",
    "edited": "What every trained method makes of the same images when it edits them.",
    "ranks": "From best to worst, with the 95 % t-interval of three training seeds or more; the "
    "names of controls are in italics. A number that cannot be compared has no place.",
    "groups": "Average precision over all attributes and by attribute group: a mark per seed, a bar at the mean; "
    "anchors are grey, the dotted line is what chance gives.",
    "exact": "Edits against the true counterfactual: the share of the squared error that the edit takes away where the "
    "image had to change, and the damage done "
    "where nothing had to change; a panel per kind of edit, a mark per training seed, anchors grey. No edit lies where "
    "the lines cross; further right and lower is better, and left of the line is worse than no edit. A "
    "row whose code is one part has no swap to show.",
    "cost": "Average precision against what a seed cost, its base model included where a row stands on one; whiskers "
    "of one standard deviation over seeds.",
    "curves": "Training curves, a line per seed. Each method has its own loss: compare shapes, not heights. "
    "Validation is that of the averaged weights, which lag behind in short trainings.",
    "budget": "What methods are worth after parts of their training, with one standard deviation over seeds; marks are "
    "set apart a little, and what is not trained by steps is dashed. A line that still rises at its end is of a method "
    "that wants more training; one that is flat there has what it can have at these settings.",
    "denoising": "Squared error of the image that a method sees in a noisy validation image, over the noise's time, "
    "given that image's own code, another image's, or the mean of all codes; mean over seeds. The number is code use: "
    "1 − own / another's, mean over the grey times. Where the three lines meet, the code changes nothing.",
    "attribute-loss": "When noise takes each factor: how often the base model's view of a noisy image is nearer to a "
    "twin that differs in this factor alone (0: all of the factor is left, 0.5: nothing). Fine factors change few "
    "pixels and go first. Dashed: what the distance of the twins alone foretells, were there no other images.",
    "factor-map": "Which part of a code tells which factor: mutual information of the part's best dimension, in "
    "shares of the factor's entropy. Blocks with times (DiTi and its kin) lie where they open, mean over seeds, and "
    "a diamond marks the time at which noise has half taken the factor: the block around it is where the method "
    "should keep the factor. Tokens (EncDiff) are those of the first seed, sorted by what they tell most of.",
    "attribute-map": "Which part of a code alone tells which attribute: lift of average precision over prevalence, "
    "linear least squares on the part's dimensions. Order of parts as in the map of factors.",
    "times": "Average precision on validation images of the codes of single times, a faint line per seed, a dot at "
    "each seed's best time; linear least squares, a little below the trained probe of the tables.",
}
