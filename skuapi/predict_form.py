"""The form that the browsable page shows for predict. Requests themselves are read by skuapi.wire."""

from rest_framework import serializers

# A choice and no checkbox: browsers send nothing for an empty checkbox, and nothing means the default.
YES_OR_NO = (("true", "Yes"), ("false", "No"))
CONFIDENCE = {"step": "any", "min": 0, "max": 1}


class PredictForm(serializers.Serializer[None]):
    image = serializers.FileField(
        label="Shelf photo",
        help_text="JPEG, PNG or WebP, at most 5 MB",
        style={"accept": "image/jpeg,image/png,image/webp"},
    )
    category = serializers.CharField(max_length=200, initial="DRINKS")
    brand = serializers.CharField(max_length=200, initial="JORDINA")
    sku_conf = serializers.FloatField(
        label="SKU confidence", help_text="Weakest classification to believe", initial=0.5, style=CONFIDENCE
    )
    det_conf = serializers.FloatField(
        label="Detection confidence", help_text="Weakest detection to keep", initial=0.25, style=CONFIDENCE
    )
    show_unknown = serializers.ChoiceField(YES_OR_NO, label="Show unknown products", initial="false")
    return_annotated = serializers.ChoiceField(YES_OR_NO, label="Return the annotated picture", initial="true")
