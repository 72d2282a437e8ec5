from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("modelstore", "0007_signatures"),
    ]

    operations = [
        migrations.AddField(
            model_name="modelline",
            name="slug",
            field=models.CharField(default="", editable=False, max_length=100),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="modelline",
            name="kind",
            field=models.CharField(
                choices=[("shelf", "shelf"), ("whole_image", "whole image")],
                default="shelf",
                editable=False,
                max_length=20,
            ),
        ),
    ]
