"""What a public installation starts with, read in a process of its own."""

from __future__ import annotations

import json
import os
import re
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


PARTS = {
    "RYAD_DATABASE_URL": "postgresql://ryad:pw@postgres.ryad.example:5432/ryad",
    "RYAD_REDIS_URL": "redis://redis.ryad.example:6379/0",
    "RYAD_OPENSEARCH_URL": "http://one.ryad.example:9200,http://two.ryad.example:9200",
}
PUBLIC = {
    "RYAD_SECRET_KEY": "not a secret, but as long and as mixed as 0ne h4s to be",
    "RYAD_SITE_URL": "https://ryad.example",
    "RYAD_TRUSTED_PROXIES": "1",
    "RYAD_MONITORING_TOKEN": "m" * 32,
}


def check_deploy(tmp_path: Path, **environment: str) -> tuple[int, set[str]]:
    """Exit status with every warning counted, and the codes of what was found."""
    (tmp_path / "static").mkdir(exist_ok=True)
    # The tests' own browser needs the second one; no installation has it.
    ours = ("RYAD_", "DJANGO_ALLOW_ASYNC_UNSAFE")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=plain
        | {"DJANGO_SETTINGS_MODULE": "marketplace.settings.prod", "RYAD_VAR": str(tmp_path)}
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    found = set(re.findall(r"\(((?:ryad|security|fields|models|wagtail\w*)\.[EW]\d+)\)", done.stderr))
    assert found or not done.returncode, done.stderr[-2000:]
    return done.returncode, found


def test_nothing_is_amiss_with_the_production_parts(tmp_path):
    assert check_deploy(tmp_path, **NEEDED | PARTS | PUBLIC) == (0, set())


def test_nothing_is_amiss_with_the_embedded_parts(tmp_path):
    assert check_deploy(tmp_path, **NEEDED | PUBLIC) == (0, set())


def test_every_wrong_setting_for_the_public_is_found(tmp_path):
    wrong = {
        "RYAD_SECRET_KEY": PUBLIC["RYAD_SECRET_KEY"],
        "RYAD_DEMO": "yes",
        "RYAD_SITE_URL": "http://ryad.example",
        "RYAD_MONITORING_TOKEN": "short",
        "RYAD_MONITORING_NETWORKS": "0.0.0.0/0",
        "RYAD_TRUSTED_PROXIES": "0",
        "RYAD_DATABASE_POOL": "2",
    }
    status, found = check_deploy(tmp_path, **NEEDED | PARTS | wrong)
    assert status == 1
    assert found == {"ryad.E001", "ryad.E101", "ryad.E102", "ryad.E103", "ryad.E104", "ryad.W101"}


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"RYAD_REDIS_URL"}, {"ryad.W001"}),
        ({"RYAD_OPENSEARCH_URL"}, {"ryad.W002"}),
        ({"RYAD_DATABASE_URL"}, {"ryad.W003"}),
    ],
)
def test_parts_that_do_not_go_together_are_found(tmp_path, parts, found):
    assert check_deploy(tmp_path, **NEEDED | PUBLIC | {name: PARTS[name] for name in parts}) == (1, found)


def test_only_checks_with_a_reason_are_silenced():
    base, prod = ((ROOT / "marketplace" / "settings" / f"{name}.py").read_text() for name in ("base", "prod"))
    assert "SILENCED_SYSTEM_CHECKS: list[str] = []" in base
    silenced = prod[prod.index("SILENCED_SYSTEM_CHECKS") :]
    assert re.findall(r'"(security\.\w+)",  # \w.{20,}', silenced) == ["security.W019", "security.W021"]
    assert silenced.count('"security.') == 2
