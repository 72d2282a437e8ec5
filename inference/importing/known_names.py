"""The classes and functions that a checkpoint of a YOLOv8 detector may name. Naming is all: none is ever built."""

from inference.importing.inert_pickle import Name

LAYERS = ("Conv", "C2", "C2f", "Bottleneck", "SPPF", "Concat", "Detect", "DFL")
LAYER_MODULES = ("", ".conv", ".block", ".head")  # ultralytics kept them all in one module at first

NETWORK = {
    "ultralytics.nn.tasks": ("DetectionModel",),
    "torch.nn.modules.activation": ("SiLU",),
    "torch.nn.modules.batchnorm": ("BatchNorm2d",),
    "torch.nn.modules.container": ("ModuleList", "Sequential"),
    "torch.nn.modules.conv": ("Conv2d",),
    "torch.nn.modules.linear": ("Identity",),
    "torch.nn.modules.pooling": ("MaxPool2d",),
    "torch.nn.modules.upsampling": ("Upsample",),
    **{f"ultralytics.nn.modules{part}": LAYERS for part in LAYER_MODULES},
}
# What training leaves behind in a checkpoint: its loss, its settings, its figures.
TRAINING = {
    "ultralytics.utils": ("IterableSimpleNamespace",),
    "ultralytics.yolo.utils": ("IterableSimpleNamespace",),
    "ultralytics.utils.loss": ("BboxLoss", "DFLoss", "v8DetectionLoss"),
    "ultralytics.yolo.utils.loss": ("BboxLoss", "v8DetectionLoss"),
    "ultralytics.utils.tal": ("TaskAlignedAssigner",),
    "ultralytics.yolo.utils.tal": ("TaskAlignedAssigner",),
    "torch.nn.modules.loss": ("BCEWithLogitsLoss",),
    "types": ("SimpleNamespace",),
    "pathlib": ("Path", "PosixPath", "PurePath", "PurePosixPath", "PureWindowsPath", "WindowsPath"),
}
DATA = {
    "torch": (
        *("BFloat16Storage", "BoolStorage", "ByteStorage", "CharStorage", "DoubleStorage", "FloatStorage"),
        *("HalfStorage", "IntStorage", "LongStorage", "ShortStorage", "Size", "device"),
        *("bfloat16", "bool", "float16", "float32", "float64", "int32", "int64", "uint8"),
    ),
    "torch._utils": ("_rebuild_parameter", "_rebuild_tensor_v2"),
    "collections": ("OrderedDict", "defaultdict"),
    "__builtin__": ("dict", "list", "set"),
    "builtins": ("dict", "list", "set"),
    "numpy": ("dtype", "float32", "float64"),
    "numpy.core.multiarray": ("scalar",),
    "numpy._core.multiarray": ("scalar",),
    "_codecs": ("encode",),
}
KNOWN = {Name(module, name) for part in (NETWORK, TRAINING, DATA) for module, names in part.items() for name in names}


def is_known(named: Name) -> bool:
    return named in KNOWN
