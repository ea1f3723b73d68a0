"""Named lists that a buyer writes requests from again, and the keys with which a buyer's programs send lists."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.program_keys import ProgramKey


class RequestTemplate(models.Model):
    """Lines and terms under a name, for what is needed again and again. `content` is what `templates.py` writes."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="request_templates"
    )
    name = models.CharField(_("name"), max_length=120)
    content = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="requests_template_name")]

    def __str__(self) -> str:
        return self.name


class RequestKey(ProgramKey):
    """With it a buyer's program may send lists."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="request_keys")

    def __str__(self) -> str:
        return f"{self.beginning}… of {self.owner_id}"


class KeyedDraft(models.Model):
    """The draft that a program's idempotency key made: the same key gives the same draft, never a second one."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    digest = models.CharField(
        max_length=64, help_text="of what was sent: another list under the same key is refused"
    )
    request = models.ForeignKey("buyer_requests.BuyerRequest", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="requests_keyed_once")]

    def __str__(self) -> str:
        return f"{self.key} → {self.request_id}"
