"""Dockerfile and compose files say what the code says: commands, variables, versions, health checks."""

import json
import re
import shlex
import sys

import pytest
import yaml

from marketplace import processes, serve
from stack import image
from stack.opensearch import node
from tests.architecture.test_settings import variables_read
from tests.parts import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
EMBEDDED = yaml.safe_load((ROOT / "docker-compose.embedded.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {
    name: each for name, each in {**SERVICES, **EMBEDDED["services"]}.items() if each["image"] == "ryad:local"
}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
STEPS = list(image.steps(DOCKERFILE))
VARIABLES = variables_read() | {"DJANGO_SETTINGS_MODULE"}


def test_the_stack_has_all_its_parts():
    assert set(SERVICES) == {
        "migrate", "web", "beat", "postgres", "redis", "opensearch",
        *(f"worker-{crew.name}" for crew in processes.CREWS),
    }  # fmt: skip


@pytest.mark.parametrize("crew", processes.CREWS, ids=lambda crew: crew.name)
def test_a_worker_is_started_and_asked_as_serve_starts_it(crew):
    service = SERVICES[f"worker-{crew.name}"]
    assert service["command"] == ["celery", *crew.arguments()]
    shell, command = service["healthcheck"]["test"]
    assert shell == "CMD-SHELL"
    words = shlex.split(command)
    # Compose makes $HOSTNAME of $$HOSTNAME, which is what the worker's %h stands for.
    assert words[words.index("--destination") + 1] == f"{crew.name}@$$HOSTNAME"
    assert service["command"][service["command"].index("--hostname") + 1] == f"{crew.name}@%h"


def test_web_is_started_as_serve_starts_it():
    (python, _, *arguments) = processes.web(host="0.0.0.0", port=8000, workers=2, environment={}).command
    assert python == sys.executable
    assert SERVICES["web"]["command"] == arguments
    (only,) = SERVICES["web"]["ports"]
    assert only == "127.0.0.1:8000:8000"


def test_the_schedule_is_celerys_own():
    assert SERVICES["beat"]["command"][:6] == [
        "celery",
        "-A",
        "marketplace",
        "--skip-checks",
        "--quiet",
        "beat",
    ]


def test_commands_of_manage_py_are_understood(monkeypatch):
    """What the containers ask `serve` for is asked of it here, as far as its arguments."""
    asked = []
    monkeypatch.setattr(serve, "_migrate", lambda: asked.append("migrate"))
    monkeypatch.setattr(serve, "_answers", lambda address: asked.append(address) or True)
    monkeypatch.setattr(serve, "serve", lambda **options: asked.append(options["port"]))
    default = next(json.loads(rest) for instruction, rest in STEPS if instruction == "CMD")
    health = next(rest for instruction, rest in STEPS if instruction == "HEALTHCHECK")
    for command in (
        SERVICES["migrate"]["command"],
        SERVICES["web"]["healthcheck"]["test"][1:],
        default,
        json.loads(health.partition(" CMD ")[2]),
    ):
        assert command[:3] == ["python", "manage.py", "serve"]
        assert serve.main(command[3:]) == 0
    assert asked == ["migrate", "http://127.0.0.1:8000", 8000, "http://127.0.0.1:8000"]


def test_every_variable_is_one_that_the_settings_read():
    named = {name for each in OURS.values() for name in each["environment"]}
    named |= {word.partition("=")[0] for rest in of("ENV") for word in shlex.split(rest)}
    of_others = {
        "PATH", "PYTHONUNBUFFERED", "TMPDIR", "UV_COMPILE_BYTECODE", "UV_LINK_MODE", "UV_PYTHON_DOWNLOADS",
    }  # fmt: skip
    assert named - VARIABLES == of_others
    for rest in of("RUN"):
        assert set(re.findall(r"\b(RYAD_\w+)=", rest)) <= VARIABLES


def test_interpolated_names_are_in_the_example():
    text = (ROOT / "docker-compose.yml").read_text()
    names = set(re.findall(r"(?<!\$)\$\{(\w+)", text))
    assert names == {"POSTGRES_PASSWORD"}
    example = (ROOT / ".env.example").read_text()
    assert all(re.search(rf"^#? ?{name}=", example, re.MULTILINE) for name in names)
    assert text.count(":?set POSTGRES_PASSWORD") == text.count(
        "${POSTGRES_PASSWORD"
    )  # none starts without it


def test_versions_agree():
    assert SERVICES["opensearch"]["image"] == f"opensearchproject/opensearch:{node.version()}"
    server = SERVICES["postgres"]["image"].partition(":")[2]
    assert re.findall(r"postgresql-client-(\d+)", DOCKERFILE) == [server]


def test_addresses_lead_to_services_of_this_stack():
    environment = SERVICES["web"]["environment"]
    for variable, service in (
        ("RYAD_DATABASE_URL", "postgres"),
        ("RYAD_REDIS_URL", "redis"),
        ("RYAD_OPENSEARCH_URL", "opensearch"),
    ):
        assert re.search(rf"//(?:[^@/]*@)?{service}:\d+", environment[variable])
    credentials = re.search(r"//(\w+):", environment["RYAD_DATABASE_URL"])[1]
    database = environment["RYAD_DATABASE_URL"].rpartition("/")[2]
    assert SERVICES["postgres"]["environment"]["POSTGRES_USER"] == credentials
    assert SERVICES["postgres"]["environment"]["POSTGRES_DB"] == database


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_containers_may_write_their_data_alone(name):
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["volumes"] == [f"data:{service['environment']['RYAD_VAR']}"]
    assert service["tmpfs"] == [f"/tmp:size={'64m' if name == 'beat' else '512m'},mode=1777"]
    assert service["env_file"] == ".env"
    assert "privileged" not in service


def test_only_the_site_is_published_and_the_parts_lead_nowhere():
    assert [name for name, each in SERVICES.items() if "ports" in each] == ["web"]
    assert COMPOSE["networks"]["parts"] == {"internal": True}
    for name in ("postgres", "redis", "opensearch"):
        assert SERVICES[name]["networks"] == ["parts"]


def test_what_is_waited_for_can_come():
    for name, service in SERVICES.items():
        for other, wanted in service.get("depends_on", {}).items():
            if wanted["condition"] == "service_healthy":
                assert "test" in SERVICES[other]["healthcheck"], f"{name} waits for {other}"
            else:
                assert wanted["condition"] == "service_completed_successfully"
                assert SERVICES[other]["restart"] == "no"
    assert {"migrate", "postgres", "redis", "opensearch"} == set(SERVICES["web"]["depends_on"])


def test_volumes_and_networks_are_declared():
    for compose in (COMPOSE, EMBEDDED):
        for service in compose["services"].values():
            assert {volume.partition(":")[0] for volume in service.get("volumes", ())} <= set(
                compose["volumes"]
            )
            assert set(service.get("networks", ())) <= set(compose.get("networks", ()))


def megabytes(text):
    number, unit = re.fullmatch(r"(\d+)(mb?|gb?)", text.lower()).groups()
    return int(number) * (1024 if unit.startswith("g") else 1)


def test_every_service_has_its_share():
    for name, service in {**SERVICES, **EMBEDDED["services"]}.items():
        shares = service["deploy"]["resources"]
        assert set(shares["limits"]) == {"cpus", "memory"}
        if name != "migrate":
            assert megabytes(shares["reservations"]["memory"]) <= megabytes(shares["limits"]["memory"])
            assert service["restart"] == "unless-stopped"


def test_files_in_memory_are_bounded_below_what_the_container_has():
    for service in {**SERVICES, **EMBEDDED["services"]}.values():
        for mount in service.get("tmpfs", ()):
            size = megabytes(re.search(r":size=(\w+)", mount)[1])
            assert size < megabytes(service["deploy"]["resources"]["limits"]["memory"])


def test_redis_says_that_it_is_full_and_drops_nothing():
    service = SERVICES["redis"]
    options = dict(zip(service["command"][1::2], service["command"][2::2], strict=True))
    assert options["--maxmemory-policy"] == "noeviction"
    # What it rewrites its file from may be copied once more.
    limit = service["deploy"]["resources"]["limits"]["memory"]
    assert 2 * megabytes(options["--maxmemory"]) <= megabytes(limit)


def test_the_header_names_what_the_example_wants_set():
    header = (ROOT / "docker-compose.yml").read_text().partition("\n\n")[0]
    told = re.search(r"\.env\.example \.env\):(.+?) must be set", header, re.DOTALL)[1]
    example = (ROOT / ".env.example").read_text()
    [must] = [part for part in example.split("\n\n") if part.startswith("# Must be set")]
    wanted = set(re.findall(r"^([A-Z_]+)=$", must, re.MULTILINE))
    wanted |= set(re.findall(r"where it must be set:[^\n]*\n# ([A-Z_]+)=", example))
    assert set(re.findall(r"[A-Z]+(?:_[A-Z]+)+", told)) == wanted
    assert len(wanted) == 5


def of(wanted):
    return [rest for instruction, rest in STEPS if instruction == wanted]


def test_the_image_is_locked_and_not_root():
    assert of("USER")[-1] == "ryad"
    assert any("uv sync --frozen" in rest for rest in of("RUN"))
    assert any("npm ci" in rest for rest in of("RUN"))
    assert re.findall(r"uv==\d+\.\d+\.\d+", DOCKERFILE) != []
    assert not any(instruction == "ADD" for instruction, _ in STEPS)


def test_what_the_image_copies_is_there_and_secrets_are_not():
    patterns = (ROOT / ".dockerignore").read_text().splitlines()
    for rest in of("COPY"):
        words = shlex.split(rest)
        if not words[0].startswith("--from="):
            for source in words[:-1]:
                assert (ROOT / source).exists()
                assert not image.ignored(source, patterns)
    for secret in (
        ".env",
        ".env.prod",
        ".git/config",
        "var/ryad.sqlite3",
        "x/__pycache__/a.pyc",
        "a/b.sqlite3",
    ):
        assert image.ignored(secret, patterns), secret
    for needed in ("manage.py", "locale/compile.py", "marketplace/settings/prod.py", "package-lock.json"):
        assert not image.ignored(needed, patterns), needed


def test_steps_are_read_as_docker_reads_them():
    text = "# a comment\nFROM a\nRUN one \\\n    # between\n    && two\n\nENV A=1 \\\n    B=2\n"
    assert list(image.steps(text)) == [("FROM", "a"), ("RUN", "one && two"), ("ENV", "A=1 B=2")]


def test_the_steps_can_be_tried_by_make_and_operators_are_told():
    makefile = (ROOT / "Makefile").read_text()
    target = re.search(r"^image-check:.*?## .+?\n((?:\t.+\n)+)", makefile, re.MULTILINE)[1]
    assert "-m stack.image" in target
    assert "./run python manage.py check --deploy" in target
    assert "`make image-check`" in (ROOT / "docs" / "operations.md").read_text()
