"""The form that the browsable page shows for predict. Requests themselves are read by skuapi.wire."""

from rest_framework import serializers


class PredictForm(serializers.Serializer[None]):
    image = serializers.FileField(label="Shelf photo", help_text="JPEG, PNG or WebP, at most 5 MB")
    category = serializers.CharField(max_length=200, initial="DRINKS")
    brand = serializers.CharField(max_length=200, initial="JORDINA")
    sku_conf = serializers.FloatField(min_value=0, max_value=1, initial=0.5, required=False)
    det_conf = serializers.FloatField(min_value=0, max_value=1, initial=0.25, required=False)
    show_unknown = serializers.BooleanField(initial=False, required=False)
    return_annotated = serializers.BooleanField(initial=True, required=False)
