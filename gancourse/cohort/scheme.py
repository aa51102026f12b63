"""Names of modalities, labels and regions, declared once (BraTS 2017 to 2021)."""

MODALITIES = ("t1", "t1ce", "t2", "flair")

#: Tumour labels: necrotic or non-enhancing core, oedema, enhancing tumour. 3 is unused since 2017.
LABELS = {1: "NCR/NET", 2: "ED", 4: "ET"}

#: In memory, the resection cavity of BraTS 2024 (4 on disk there): never tumour, so in no region.
CAVITY = 5

#: The regions that the challenge scores, as sets of labels: whole tumour, tumour core, enhancing tumour.
REGIONS = {"WT": (1, 2, 4), "TC": (1, 4), "ET": (4,)}

#: Tissue labels of the phantoms' `_tissue` files, as in FSL FAST.
TISSUES = {1: "CSF", 2: "GM", 3: "WM"}
