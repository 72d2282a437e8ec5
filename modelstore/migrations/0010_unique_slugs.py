from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("modelstore", "0009_fill_slugs"),
    ]

    operations = [
        migrations.AlterField(
            model_name="modelline",
            name="slug",
            field=models.CharField(editable=False, max_length=100, unique=True),
        ),
    ]
