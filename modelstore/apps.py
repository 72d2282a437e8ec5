from django.apps import AppConfig


class ModelstoreConfig(AppConfig):
    name = "modelstore"
    verbose_name = "Models"

    def ready(self) -> None:
        from django_q.signals import post_spawn

        from modelstore import audited
        from modelstore.onboarding.jobs import resume_all

        audited.register_all()

        post_spawn.connect(resume_all, dispatch_uid="onboarding")  # sent by every worker process that starts
