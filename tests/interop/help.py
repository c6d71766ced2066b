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
VERBS = ("serve", "connect")


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def options_of(verb):
    """The options in `ward VERB --help`: names with their dashes."""
    text = ward(verb, "--help").out
    found = set()
    for line in text.split("Options:\n")[1].split("\n\n")[0].splitlines():
        found.update(re.findall(r"(?<![\w-])--?[a-z0-9][a-z0-9-]*", line[:32]))
    return found


def test_texts(test):
    for name, args in (("ward", ["--help"]), *((verb, [verb, "--help"]) for verb in VERBS)):
        path = os.path.join(GOLDEN, name + ".txt")
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
            test.check(f"help of {name}: by `ward help`", ward("help", name).out == result.out)
            test.check(f"help of {name}: by -h", ward(name, "-h").out == result.out)
            test.check(f"help of {name}: in the list of verbs",
                       re.search(rf"^  {name} ", ward("--help").out, re.M) is not None)
    alone = ward()
    test.check("ward alone: the list, on stderr, status 2",
               alone.status == 2 and alone.err == ward("help").out and alone.out == "", alone)
    version = ward("--version")
    wanted = re.search(r"project\(ward VERSION (\S+)", read("CMakeLists.txt")).group(1)
    test.check("version", version.out == f"ward {wanted}\n" and version.status == 0, version)


def test_manual(test, verb):
    path = os.path.join("man", f"ward-{verb}.1")
    test.check(f"there is {path}", os.path.exists(os.path.join(SOURCE, path)))
    page = read(path) if os.path.exists(os.path.join(SOURCE, path)) else ""
    # mdoc writes one dash for each Fl: "Fl -cacert" is --cacert.
    named = {"-" + flag for line in re.findall(r"^\.It (Fl .*)$", page, re.M)
             for flag in re.findall(r"Fl ([a-zA-Z0-9-]+)", line)}
    test.check(f"ward-{verb}(1) has all options: {sorted(options_of(verb) ^ named)}",
               options_of(verb) == named)


def test_completions(test, verb):
    options = options_of(verb)
    bash = read("completions/ward.bash")
    block = re.search(rf"^\t{verb}:-\*\)\n\t\twords='([^']*)'", bash, re.M).group(1)
    test.check(f"bash: {verb}: {sorted(options ^ set(block.split()))}",
               set(block.split()) == options)
    zsh = re.search(rf"_ward_{verb}\(\)\n{{(.*?)\n}}", read("completions/_ward"), re.S).group(1)
    in_zsh = set()
    for line in zsh.splitlines():
        spec = re.sub(r"\[.*", "", line)
        braces = re.search(r"\{([^}]*)\}", spec)
        in_zsh.update(braces.group(1).split(",") if braces else re.findall(r"'\*?(--[a-z-]+[a-z])",
                                                                           spec))
    test.check(f"zsh: {verb}: {sorted(options ^ in_zsh)}", options == in_zsh)
    in_fish = {"-h", "--help"}
    for line in re.findall(rf"^complete -c ward -n \${verb} (.*)$", read("completions/ward.fish"),
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
            (["ward", "c"], {"connect"}),
            (["ward", "connect", "--ca"], {"--cacert"}),
            (["ward", "connect", "--color", "a"], {"auto", "always"}),
            (["ward", "serve", "--hi"], {"--hidden"}),
            (["ward", "serve", SOURCE + "/comp"], {SOURCE + "/completions"}),
            (["ward", "connect", "--cacert", SOURCE + "/LICEN"], {SOURCE + "/LICENSE"}),
            (["ward", "help", ""], set(VERBS))):
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
        test_manual(test, verb)
    test_shells(test)
    listed = set(re.findall(r"^  (\w+) +[A-Z]", ward("--help").out.split("Options:")[0], re.M))
    test.check(f"every verb is tested here: {listed}", listed == set(VERBS))
    test.check("no text is left over", {os.path.basename(p) for p in glob.glob(GOLDEN + "/*")} ==
               {"ward.txt", *(verb + ".txt" for verb in VERBS)})
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
