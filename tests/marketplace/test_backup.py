"""Backup and restore through the commands themselves, in an installation of the test's own on each database."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing

import psycopg
import pytest
from psycopg import sql

from marketplace.backup import CannotRestore, archive
from stack import services
from tests import migrated
from tests.parts import ROOT

# One process of the test run: filling an installation takes longest.
pytestmark = pytest.mark.xdist_group("backup")

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 400


class Installation:
    """A site's folder and database, driven by manage.py alone."""

    def __init__(self, folder, database_url=""):
        self.folder = folder
        self.url = database_url

    def run(self, *command, check=True):
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
            "RYAD_VAR": str(self.folder),
            "RYAD_DATABASE_URL": self.url,
            "RYAD_REDIS_URL": "",
            "RYAD_OPENSEARCH_URL": "",
            "RYAD_LOG_LEVEL": "ERROR",
        }
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *command],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if check:
            assert done.returncode == 0, done.stderr
        return done

    def json(self, *command):
        return json.loads(self.run(*command).stdout)

    def rows(self):
        """Table -> (rows, a hash over their sorted text): read by the database's own driver, not by our code."""
        return _postgresql_rows(self.url) if self.url else _sqlite_rows(self.folder / "ryad.sqlite3")

    def files(self):
        return {
            path.relative_to(self.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for name in ("media", "private")
            for path in sorted((self.folder / name).rglob("*"))
            if path.is_file()
        }


def _hash(rows):
    return len(rows), hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()


def _sqlite_rows(file):
    with closing(sqlite3.connect(file)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        return {
            name: _hash(connection.execute(f'SELECT * FROM "{name}"').fetchall())
            for (name,) in names.fetchall()
        }


def _postgresql_rows(url):
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return {
            name: _hash(
                connection.execute(
                    sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name))
                ).fetchall()
            )
            for (name,) in names
        }


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def original(request, require_part, tmp_path_factory):
    """An installation with the demo row, a picture and the price lists as they were uploaded."""
    home = tmp_path_factory.mktemp(request.param)
    if request.param == "sqlite":
        yield _filled(Installation(home / "site"))
        return
    require_part("postgresql_server")
    quick = {"fsync": "off", "shared_buffers": "64MB"}
    with services.PostgreSQL(home / "server", services.free_port(), quick) as server:
        yield _filled(Installation(home / "site", server.url))


def _filled(installation):
    if installation.url:
        migrated.migrate(installation.url)
    else:
        migrated.copy_to(installation.folder / "ryad.sqlite3")
    installation.run("load_demo")
    picture = installation.folder / "media" / "images" / "a b.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(PNG)
    return installation


@pytest.fixture(scope="module")
def backup(original, tmp_path_factory):
    file = tmp_path_factory.mktemp("backups") / "row.tar"
    return file, original.json("backup", str(file))


def wipe(installation):
    if installation.url:
        with psycopg.connect(installation.url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    shutil.rmtree(installation.folder)


def test_a_wiped_installation_comes_back_row_by_row_and_file_by_file(original, backup):
    file, made = backup
    rows, files = original.rows(), original.files()
    found = original.json("search_offers", "папір А4", "--limit", "5")
    assert found["total"] > 0
    assert len(files) == 9  # four price lists, the rows of each report, the picture
    assert (made["files"], made["tables"]) == (9, len(rows))
    assert made["rows"] == sum(count for count, _ in rows.values())
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]  # nothing is left beside it

    wipe(original)
    done = original.json("restore", str(file))

    assert original.files() == files
    changed = {name for name, facts in original.rows().items() if facts != rows.get(name)}
    assert changed <= INDEX_TABLES
    assert done["rows"] == made["rows"]
    assert done["migrated"] == []
    assert done["index"] == {"documents": 1268, "differences": 0}
    assert original.json("search_offers", "папір А4", "--limit", "5") == found
    left = {path.name for path in original.folder.iterdir()}
    assert {name for name in left if "restore" in name} == set()


#: What a rebuild of the search index writes about itself.
INDEX_TABLES = {"search_indexbuild", "search_indexcheck", "search_indexfailure", "core_job"}


def test_a_full_installation_is_refused_and_left_alone_unless_forced(original, backup):
    file, _ = backup
    before = original.rows()
    refused = original.run("restore", str(file), check=False)
    assert refused.returncode == 1
    assert "This installation is not empty (the database, media, private)." in refused.stderr
    assert original.rows() == before

    (original.folder / "media" / "later.png").write_bytes(PNG)
    done = original.json("restore", str(file), "--force")
    assert done["index"]["differences"] == 0
    assert not (original.folder / "media" / "later.png").exists()


def test_a_damaged_archive_is_refused_before_anything_is_touched(original, backup, tmp_path):
    file, _ = backup
    before = original.rows(), original.files()
    damaged = tmp_path / "damaged.tar"
    content = bytearray(file.read_bytes())
    position = content.index(PNG[:64]) + 70
    content[position] ^= 1
    damaged.write_bytes(content)
    refused = original.run("restore", str(damaged), "--force", check=False)
    assert refused.returncode == 1
    assert "is damaged: the checksum of media/images/a b.png differs." in refused.stderr
    assert (original.rows(), original.files()) == before


def test_a_restore_meets_those_who_still_work(original, backup):
    """PostgreSQL would lock them out or wait for them, so it refuses; SQLite's copy leaves a reader what it reads."""
    file, _ = backup
    before = original.rows()
    if original.url:
        with psycopg.connect(original.url, application_name="a worker") as busy:
            refused = original.run("restore", str(file), "--force", check=False)
            assert busy.execute("SELECT 1").fetchone() == (1,)
        assert refused.returncode == 1
        assert "1 other connections are open in the database (a worker)." in refused.stderr
        assert original.rows() == before
    else:
        with closing(sqlite3.connect(original.folder / "ryad.sqlite3")) as busy:
            assert busy.execute("SELECT count(*) FROM catalog_offer").fetchone() == (1268,)
            assert original.json("restore", str(file), "--force")["index"]["differences"] == 0
            assert busy.execute("SELECT count(*) FROM catalog_offer").fetchone() == (1268,)


def test_an_existing_file_is_not_overwritten_unless_told(original, backup):
    file, _ = backup
    content = file.read_bytes()
    refused = original.run("backup", str(file), check=False)
    assert refused.returncode == 1
    assert f"{file} exists. Choose another name, or add --force to replace it." in refused.stderr
    assert file.read_bytes() == content
    nowhere = original.run("backup", str(file.parent / "none" / "a.tar"), check=False)
    assert f"There is no folder {file.parent / 'none'}." in nowhere.stderr


def test_a_backup_of_newer_code_or_another_database_is_refused(original, backup, tmp_path):
    file, _ = backup
    manifest = archive.read_manifest(file)
    newer = {**manifest["database"], "migrations": [["catalog", "9999_later"]]}
    for change, words in (
        ({"database": newer}, "it has catalog.9999_later, which this code does not know"),
        ({"engine": "elsewhere"}, "The backup is of elsewhere, this installation runs on"),
    ):
        other = tmp_path / "other.tar"
        with archive.writing(other) as writer:
            writer.finish(manifest | change)
        refused = original.run("restore", str(other), "--force", check=False)
        assert refused.returncode == 1
        assert words in refused.stderr


def with_broken_dump(file, target):
    """The same archive with a dump whose data ends half way, and a manifest that fits it."""
    with tarfile.open(file) as archived:
        archived.extractall(target.parent, filter="data")
    manifest = archive.read_manifest(file)
    (dump,) = [name for name in manifest["members"] if name.startswith("database.")]
    content = (target.parent / dump).read_bytes()
    (target.parent / dump).write_bytes(content[: len(content) * 2 // 3])
    with archive.writing(target) as writer:
        for name in manifest["members"]:
            writer.add(target.parent / name, name)
        writer.finish({name: value for name, value in manifest.items() if name != "members"})


def schemas(url):
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_)'")
        return {name for (name,) in found}


def test_a_dump_that_breaks_off_leaves_the_old_content(original, backup, tmp_path):
    file, _ = backup
    before = original.rows(), original.files()
    broken = tmp_path / "broken" / "row.tar"
    broken.parent.mkdir()
    with_broken_dump(file, broken)
    failed = original.run("restore", str(broken), "--force", check=False)
    assert failed.returncode == 1
    assert "Traceback" not in failed.stderr
    assert (original.rows(), original.files()) == before
    if original.url:
        assert "pg_restore failed, the database is as it was" in failed.stderr
        assert schemas(original.url) == {"public"}


def test_content_that_is_not_the_manifests_is_not_kept(original, backup, tmp_path):
    file, _ = backup
    before = original.rows(), original.files()
    other = tmp_path / "other" / "row.tar"
    other.parent.mkdir()
    with tarfile.open(file) as archived:
        archived.extractall(other.parent, filter="data")
    manifest = archive.read_manifest(file)
    names = manifest.pop("members")
    manifest["database"]["tables"]["vendors_vendor"]["rows"] += 1
    with archive.writing(other) as writer:
        for name in names:
            writer.add(other.parent / name, name)
        writer.finish(manifest)
    failed = original.run("restore", str(other), "--force", check=False)
    assert failed.returncode == 1
    assert "Table vendors_vendor has 4 rows instead of 5." in failed.stderr
    assert (original.rows(), original.files()) == before


def test_a_restore_that_was_killed_is_undone_by_the_next(original, backup):
    if not original.url:
        pytest.skip("SQLite's is one transaction")
    file, _ = backup
    before = original.rows()
    with psycopg.connect(original.url, autocommit=True) as connection:
        connection.execute("ALTER SCHEMA public RENAME TO before_restore")
        connection.execute("CREATE SCHEMA public; CREATE TABLE public.half (id int)")
    refused = original.run("restore", str(file), check=False)
    assert "A restore before this one was broken off; what was here before it is back." in refused.stderr
    assert "This installation is not empty (the database" in refused.stderr
    assert original.rows() == before
    assert schemas(original.url) == {"public"}


def test_a_database_that_is_not_there_is_made_or_asked_for(original, backup, tmp_path):
    if not original.url:
        pytest.skip("SQLite makes its file itself")
    file, _ = backup
    server, _, _ = original.url.rpartition("/")
    new = Installation(tmp_path / "new", f"{server}/quite_new")
    broken = tmp_path / "broken" / "row.tar"
    broken.parent.mkdir()
    with_broken_dump(file, broken)
    failed = new.run("restore", str(broken), check=False)
    assert "pg_restore failed" in failed.stderr
    with psycopg.connect(original.url, autocommit=True) as connection:
        known = "SELECT datname FROM pg_database WHERE datname = 'quite_new'"
        assert connection.execute(known).fetchall() == []
        connection.execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    guest = Installation(tmp_path / "guest", f"postgresql://guest:guest@{server.partition('@')[2]}/quite_new")
    refused = guest.run("restore", str(file), check=False)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert "createdb --owner guest --encoding UTF8 --template template0 quite_new" in refused.stderr
    done = new.json("restore", str(file))
    assert done["index"] == {"documents": 1268, "differences": 0}
    assert new.rows()["catalog_offer"] == original.rows()["catalog_offer"]
    away = Installation(tmp_path / "away", "postgresql://guest:guest@127.0.0.1:9/quite_new")
    for command in ("restore", "backup"):
        refused = away.run(command, str(file), *(["--force"] if command == "backup" else []), check=False)
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
        assert "quite_new" in refused.stderr
    assert file.exists()


def write_tar(path, members):
    with archive.writing(path) as writer:
        for name, content in members.items():
            source = path.parent / "source"
            source.write_bytes(content)
            writer.add(source, name)
        writer.finish({})


def test_an_archive_without_its_manifest_was_not_finished(tmp_path):
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as half:
        half.add(__file__, "media/a")
    with pytest.raises(CannotRestore, match="no complete backup"):
        archive.read_manifest(path)
    path.write_text("not an archive")
    with pytest.raises(CannotRestore, match="no complete backup"):
        archive.read_manifest(path)
    with pytest.raises(CannotRestore, match="cannot be read: No such file"):
        archive.read_manifest(tmp_path / "none.tar")


def test_no_member_leaves_the_folder_it_is_unpacked_into(tmp_path):
    path = tmp_path / "a.tar"
    write_tar(path, {"../outside": b"x"})
    with pytest.raises(CannotRestore, match="outside"):
        archive.unpack(path, archive.read_manifest(path), tmp_path / "into")
    assert not (tmp_path / "outside").exists()


def test_what_the_manifest_lists_must_be_there_and_nothing_else(tmp_path):
    path = tmp_path / "a.tar"
    write_tar(path, {"media/a": b"a", "media/b": b"b"})
    manifest = archive.read_manifest(path)
    archive.unpack(path, manifest, tmp_path / "into")
    assert (tmp_path / "into" / "media" / "b").read_bytes() == b"b"
    more = {**manifest, "members": {**manifest["members"], "media/c": {"size": 1, "sha256": "0"}}}
    with pytest.raises(CannotRestore, match="media/c is missing"):
        archive.unpack(path, more, tmp_path / "again")
    fewer = {**manifest, "members": {"media/a": manifest["members"]["media/a"]}}
    with pytest.raises(CannotRestore, match="'media/b', which its manifest does not"):
        archive.unpack(path, fewer, tmp_path / "third")


def changed_when_opened(monkeypatch, path, content):
    """Another process writes the file between the look at its size and its reading."""
    look = os.fstat

    def fstat(descriptor):
        found = look(descriptor)
        if found.st_ino == path.stat().st_ino:
            path.write_bytes(content)
        return found

    monkeypatch.setattr(archive.os, "fstat", fstat)


def test_a_file_that_grows_is_stored_as_long_as_it_was(tmp_path, monkeypatch):
    path, target = tmp_path / "log", tmp_path / "b.tar"
    path.write_bytes(b"first")
    changed_when_opened(monkeypatch, path, b"first and second")
    with archive.writing(target) as writer:
        writer.add(path, "media/log")
        writer.finish({})
    manifest = archive.read_manifest(target)
    assert manifest["members"]["media/log"]["size"] == 5
    archive.unpack(target, manifest, tmp_path / "out")
    assert (tmp_path / "out" / "media" / "log").read_bytes() == b"first"


def test_a_file_that_shrinks_leaves_no_archive(tmp_path, monkeypatch):
    path, target = tmp_path / "log", tmp_path / "b.tar"
    path.write_bytes(b"first")
    changed_when_opened(monkeypatch, path, b"1")
    with pytest.raises(OSError, match="unexpected end of data"), archive.writing(target) as writer:
        writer.add(path, "media/log")
    assert list(tmp_path.glob("b.tar*")) == []


def test_a_failed_backup_leaves_no_file(tmp_path):
    with pytest.raises(RuntimeError), archive.writing(tmp_path / "a.tar"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
