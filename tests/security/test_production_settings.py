"""What a public installation starts with, read in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDED = {
    "RYAD_SECRET_KEY": "x" * 60,
    "RYAD_ALLOWED_HOSTS": "ryad.example",
    "RYAD_MAIL_HOST": "mail.ryad.example",
}
READ = """
import json
from django.conf import settings
names = ("DEBUG", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS",
         "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME",
         "SESSION_COOKIE_HTTPONLY", "OPERATORS_NEED_SECOND_FACTOR", "ALLOWED_HOSTS", "DEMO", "SESSION_COOKIE_AGE")
print(json.dumps({name: getattr(settings, name) for name in names}
                 | {"hasher": settings.PASSWORD_HASHERS[0], "insecure": getattr(settings, "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", False)}))
"""


def start(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("RYAD_")}
    return subprocess.run(
        [sys.executable, "-c", READ],
        cwd=ROOT,
        env=plain
        | {"DJANGO_SETTINGS_MODULE": "marketplace.settings.prod", "RYAD_VAR": str(tmp_path)}
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_public_installation_is_closed_tight(tmp_path):
    found = json.loads(start(tmp_path, **NEEDED).stdout)
    assert found == {
        "DEBUG": False,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "SESSION_COOKIE_HTTPONLY": True,
        "OPERATORS_NEED_SECOND_FACTOR": True,
        "ALLOWED_HOSTS": ["ryad.example"],
        "DEMO": False,
        "SESSION_COOKIE_AGE": 1_209_600,
        "hasher": "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "insecure": False,
    }


@pytest.mark.parametrize("missing", sorted(NEEDED))
def test_it_does_not_start_without_what_it_needs(tmp_path, missing):
    found = start(tmp_path, **{name: value for name, value in NEEDED.items() if name != missing})
    assert found.returncode != 0
    assert missing in found.stderr
