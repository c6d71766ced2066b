#!/usr/bin/env python3
"""The help texts, word for word (tests/cli/help/*.txt; `help.py --write` writes them anew), and that
manual pages and completions leave no option out and name none that does not exist.
"""
import glob
import os
import re
import shutil
import subprocess
import sys

from command import Test, ward

SOURCE = os.environ.get("WARD_SOURCE_DIR", os.path.join(os.path.dirname(__file__), "../.."))
GOLDEN = os.path.join(SOURCE, "tests/cli/help")
FAMILIES = {"cert": ("show", "verify", "check", "match", "new", "csr", "sign", "convert"),
            "key": ("new", "show", "tickets"),
            "ca": ("init", "issue", "revoke", "list", "crl", "ocsp", "renew",
                   "install", "uninstall")}
PLAIN = ("serve", "connect")
MEMBERS = tuple(f"{family} {word}" for family, words in FAMILIES.items() for word in words)
VERBS = PLAIN + MEMBERS         # those that have options
LISTED = PLAIN + tuple(FAMILIES) + ("openssl",)  # whose commands have a style of their own


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def options_of(verb):
    """The options in `ward VERB --help`: names with their dashes."""
    text = ward(*verb.split(), "--help").out
    found = set()
    for line in text.split("Options:\n")[1].split("\n\n")[0].splitlines():
        found.update(re.findall(r"(?<![\w-])--?[a-z0-9][a-z0-9-]*", line[:32]))
    return found


def test_texts(test):
    for name, args in (("ward", ["--help"]),
                       *((verb, [*verb.split(), "--help"]) for verb in LISTED + MEMBERS)):
        path = os.path.join(GOLDEN, name.replace(" ", "-") + ".txt")
        result = ward(*args)
        if "--write" in sys.argv:
            with open(path, "w", encoding="utf-8") as file:
                file.write(result.out)
        test.check(f"help of {name}: exit status 0", result.status == 0 and result.err == "", result)
        test.check(f"help of {name}: word for word", result.out == read(path), result)
        test.check(f"help of {name}: no line over 100 columns",
                   all(len(line) <= 100 for line in result.out.splitlines()), result)
        test.check(f"help of {name}: examples", "\nExamples:\n" in result.out, result)
        if name != "ward":
            test.check(f"help of {name}: by `ward help`", ward("help", *name.split()).out == result.out)
            test.check(f"help of {name}: by -h", ward(*name.split(), "-h").out == result.out)
            *family, word = name.split()
            test.check(f"help of {name}: in the list of verbs",
                       re.search(rf"^  {word} ", ward(*family, "--help").out, re.M) is not None)
    alone = ward()
    test.check("ward alone: the list, on stderr, status 2",
               alone.status == 2 and alone.err == ward("help").out and alone.out == "", alone)
    version = ward("--version")
    wanted = re.search(r"project\(ward VERSION (\S+)", read("CMakeLists.txt")).group(1)
    test.check("version", version.out == f"ward {wanted}\n" and version.status == 0, version)


def test_families(test):
    for family, words in FAMILIES.items():
        listed = re.findall(r"^  (\w+) ", ward(family, "--help").out.split("Verbs:\n")[1]
                            .split("\n\n")[0], re.M)
        test.check(f"every verb of {family} is tested here: {listed}", listed == list(words))
        alone = ward(family)
        test.check(f"{family} alone: the list, on stderr, status 2", alone.status == 2 and
                   alone.err == ward(family, "--help").out and alone.out == "", alone)
        wrong = ward(family, words[0] + "x")
        test.check(f"{family}: a mistyped verb", wrong.status == 2 and
                   f'did you mean "ward {family} {words[0]}"?' in wrong.err, wrong)
        wrong = ward(family, "qqqqqqqq")
        test.check(f"{family}: an unknown verb", wrong.status == 2 and "--help" in wrong.err,
                   wrong)


def test_openssl(test):
    """Each command has a help text, a line in the manual, and is completed."""
    listed = re.findall(r"^  (\w+) ", ward("openssl", "-help").out.split("Commands:\n")[1]
                        .split("\n\n")[0], re.M)
    page = read("man/ward-openssl.1")
    for word in listed:
        told = ward("openssl", word, "-help")
        test.check(f"help of openssl {word}", told.status == 0 and "\nExamples:\n" in told.out and
                   all(len(line) <= 100 for line in told.out.splitlines()), told)
        test.check(f"{word}: by `ward help`", ward("help", "openssl", word).out == told.out)
        test.check(f"{word}: in the manual",
                   re.search(rf"^\.It Cm .*\b{word}\b", page, re.M) is not None)
        for shell in ("ward.bash", "_ward", "ward.fish"):
            test.check(f"{word}: in {shell}", re.search(rf"openssl[^;]*\b{word}\b",
                                                        read("completions", shell)) is not None)
    refused = re.search(r"\nThe others are refused.*?\n\.El", page, re.S).group(0)
    for word in re.findall(r"^\.It Cm (\w+) Ta", refused, re.M):
        told = ward("openssl", word)
        test.check(f"openssl {word}: refused by name", told.status == 1 and told.out == "" and
                   f"ward openssl: {word} is not supported\nhint: " in told.err, told)
    if shutil.which("openssl"):
        known = subprocess.run(["openssl", "list", "-1", "-commands"], stdout=subprocess.PIPE,
                               text=True, check=True).stdout.split()
        for word in known:
            told = ward("openssl", word, "-help")
            test.check(f"openssl {word}: there, or refused by name",
                       told.status == 0 or "is not supported" in told.err, told)
    version = ward("openssl", "version")
    test.check("openssl version: ward's and libcrypto's", version.status == 0 and re.fullmatch(
        r"ward \S+ \(Library: OpenSSL 3\.[^)]+\)\n", version.out) is not None, version)
    test.check("openssl version -a", ward("openssl", "version", "-a").out.startswith(version.out))
    wrong = ward("openssl", "s_clien")
    test.check("a mistyped command", wrong.status == 1 and
               'did you mean "ward openssl s_client"?' in wrong.err, wrong)
    other = ward("openssl", "s_server")
    test.check("a command that is refused", other.status == 1 and "use ward serve" in other.err, other)


def test_manual(test, page, verbs):
    path = os.path.join("man", f"ward-{page}.1")
    test.check(f"there is {path}", os.path.exists(os.path.join(SOURCE, path)))
    page = read(path) if os.path.exists(os.path.join(SOURCE, path)) else ""
    # mdoc writes one dash for each Fl: "Fl -cacert" is --cacert.
    named = {"-" + flag for line in re.findall(r"^\.It (Fl .*)$", page, re.M)
             for flag in re.findall(r"Fl ([a-zA-Z0-9-]+)", line)}
    options = set().union(*map(options_of, verbs))
    test.check(f"ward-{page}(1) has all options: {sorted(options ^ named)}", options == named)


def test_completions(test, verb):
    options = options_of(verb)
    dashed, joined = verb.replace(" ", "-"), verb.replace(" ", "_")
    bash = read("completions/ward.bash")
    block = re.search(rf"^\t{dashed}:-\*\)\n\t\twords='([^']*)'", bash, re.M).group(1)
    test.check(f"bash: {verb}: {sorted(options ^ set(block.split()))}",
               set(block.split()) == options)
    zsh = re.search(rf"_ward_{joined}\(\)\n{{(.*?)\n}}", read("completions/_ward"), re.S).group(1)
    in_zsh = set()
    for line in zsh.splitlines():
        spec = re.sub(r"\[.*", "", line)
        braces = re.search(r"\{([^}]*)\}", spec)
        in_zsh.update(braces.group(1).split(",") if braces else re.findall(r"'\*?(--[a-z-]+[a-z])",
                                                                           spec))
    test.check(f"zsh: {verb}: {sorted(options ^ in_zsh)}", options == in_zsh)
    in_fish = {"-h", "--help"}
    for line in re.findall(rf"^complete -c ward -n \${joined} (.*)$", read("completions/ward.fish"),
                           re.M):
        in_fish.update("-" + letter for letter in re.findall(r"^-s (\S)", line))
        in_fish.update("--" + name for name in re.findall(r"(?:^| )-l (\S+)", line))
    test.check(f"fish: {verb}: {sorted(options ^ in_fish)}", options == in_fish)


def complete(*words):
    """What bash offers for the last of the words."""
    script = (f"source {SOURCE}/completions/ward.bash; compopt() {{ :; }}; COMP_WORDS=(\"$@\"); "
              "COMP_CWORD=$(($# - 1)); _ward; printf '%s\\n' \"${COMPREPLY[@]}\"")
    done = subprocess.run(["bash", "-c", script, "bash", *words], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    return set(done.stdout.split()), done.stderr


def test_shells(test):
    for words, wanted in (
            (["ward", "co"], {"connect"}),
            (["ward", "cert", "s"], {"show", "sign"}),
            (["ward", "cert", "show", "--pe"], {"--pem"}),
            (["ward", "cert", "verify", "--purpose", "c"], {"client"}),
            (["ward", "key", "new", "--type", "e"], {"ed25519"}),
            (["ward", "ca", "re"], {"revoke", "renew"}),
            (["ward", "ca", "revoke", "--reason", "k"], {"keyCompromise"}),
            (["ward", "ca", "init", "--un"], {"--unconstrained"}),
            (["ward", "cert", "show", SOURCE + "/LICEN"], {SOURCE + "/LICENSE"}),
            (["ward", "connect", "--ca"], {"--cacert"}),
            (["ward", "connect", "--color", "a"], {"auto", "always"}),
            (["ward", "serve", "--hi"], {"--hidden"}),
            (["ward", "serve", SOURCE + "/comp"], {SOURCE + "/completions"}),
            (["ward", "connect", "--cacert", SOURCE + "/LICEN"], {SOURCE + "/LICENSE"}),
            (["ward", "openssl", "s_"], {"s_client"}),
            (["ward", "help", ""], set(LISTED))):
        offered, errors = complete(*words)
        test.check(f"bash completes {words[1:]}: {offered} {errors}", offered == wanted and
                   errors == "")
    for shell, file in (("zsh", "_ward"), ("fish", "ward.fish")):
        if shutil.which(shell):
            done = subprocess.run([shell, "-n", os.path.join(SOURCE, "completions", file)],
                                  check=False)
            test.check(f"{shell} reads its completions", done.returncode == 0)


def main():
    test = Test()
    test_texts(test)
    for verb in VERBS:
        test_completions(test, verb)
    for verb in PLAIN:
        test_manual(test, verb, [verb])
    for family in FAMILIES:
        test_manual(test, family, [m for m in MEMBERS if m.split()[0] == family])
    test_families(test)
    test_openssl(test)
    test_shells(test)
    listed = set(re.findall(r"^  (\w+) +[A-Z]", ward("--help").out.split("Options:")[0], re.M))
    test.check(f"every verb is tested here: {listed}", listed == set(LISTED))
    test.check("no text is left over", {os.path.basename(p) for p in glob.glob(GOLDEN + "/*")} ==
               {"ward.txt", *(verb.replace(" ", "-") + ".txt" for verb in LISTED + MEMBERS)})
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
