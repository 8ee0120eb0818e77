"""The corpus command reports differences, and the corpus has exactly its stated counts."""

import pytest

from checks.corpus import run

HEADER = "format\tpath\tparse\tn_results\tpass\tfail\terror\tskip_or_not_evaluated\tinfo\n"
SUITE = "<testsuite name='s'><testcase name='a'/><testcase name='b'><failure/></testcase></testsuite>"


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    (folder / "open").mkdir(parents=True)

    def write(*rows, **files):
        (folder / "MANIFEST.tsv").write_text(HEADER + "".join("\t".join(row) + "\n" for row in rows))
        for name, content in files.items():
            (folder / "open" / name).write_text(content)
        return folder

    return write


def run_corpus(folder, *formats):
    lines = []
    return run(folder, formats, lines.append), "\n".join(lines)


def test_correct_counts_are_as_stated_from_either_folder(corpus):
    folder = corpus(
        ("junit", "open/a", "ok", "2", "1", "1", "0", "0", ""),
        ("spdx", "open/b", "ok", "1", "", "1", "", "", ""),
        a=SUITE,
        b="{}",
    )
    for start in (folder, folder / "open"):
        code, output = run_corpus(start)
        assert code == 0
        assert "junit: 1 files, 1 as stated" in output
        assert "spdx: 1 files, not read by this product" in output


def test_wrong_counts_and_wrongly_read_files_are_reported(corpus):
    folder = corpus(
        ("junit", "open/a", "ok", "3", "1", "1", "0", "0", ""),
        ("junit", "open/b", "malformed: cut", "", "", "", "", "", ""),
        ("junit", "open/c", "ok", "1", "1", "0", "0", "0", ""),
        ("junit", "open/d", "ok", "1", "1", "0", "0", "0", ""),
        ("csv", "open/e", "ok", "2", "", "", "", "", ""),
        a=SUITE, b=SUITE, c=SUITE[:-5], e=SUITE,
    )  # fmt: skip
    code, output = run_corpus(folder)
    assert code == 1
    assert output.count("WRONG") == 5
    assert "n=2 pass=1 fail=1 error=0 skip=0 info=0; true n=3" in output
    assert "refused" in output
    assert "not there" in output


def test_malformed_files_are_refused_and_hostile_ones_do_no_harm(corpus):
    folder = corpus(
        ("junit", "open/a", "malformed: cut", "", "", "", "", "", ""),
        ("hostile", "open/b", "hostile", "", "", "", "", "", ""),
        a=SUITE[:-5], b='<!DOCTYPE t [<!ENTITY a "b">]><testsuite name="&a;"/>',
    )  # fmt: skip
    code, output = run_corpus(folder)
    assert (code, output.count("as stated")) == (0, 5)


def test_formats_can_be_chosen_and_unknown_ones_are_refused(corpus):
    folder = corpus(
        ("junit", "open/a", "ok", "9", "", "", "", "", ""),
        ("csv", "open/b", "ok", "1", "", "", "", "", ""),
        a=SUITE,
        b="a,b\n1,2\n",
    )
    assert run_corpus(folder, "csv")[0] == 0
    assert run_corpus(folder, "junit")[0] == 1
    code, output = run_corpus(folder, "spdx")
    assert code == 2
    assert "Not read by this product: spdx" in output


def test_folder_without_a_manifest_exits_with_2(tmp_path):
    assert run_corpus(tmp_path)[0] == 2


@pytest.mark.corpus
def test_corpus_has_exactly_its_stated_counts(shared):
    code, output = run_corpus(shared / "corpus")
    assert code == 0, output
    for name in (
        "junit",
        "testssl",
        "sslyze",
        "sslscan",
        "ssh_audit",
        "nmap",
        "csv",
        "sarif",
        "trivy",
        "zap_xml",
        "nessus",
        "hostile",
        "dependency_check",
        "checkov",
        "kubebench",
        "prowler",
        "trx_nunit",
        "openvas",
        "vex",
        "oscal",
        "xccdf",
        "inspec_hdf",
    ):
        assert f"{name}: " in output
