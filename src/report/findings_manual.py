"""Writes a .cpp file with the paragraphs of man/trailseal-findings.7, so that `trailseal explain` and the HTML report
print the manual.

usage: findings_manual.py trailseal-findings.7 findings.def OUTPUT

In the manual each finding is one ".It" of the macros below; a ".Pp" starts a new paragraph:

    .It Sy digest.missing Pq violation
    Text of the paragraph, with .Xr, .Fl, .Ql, .Dq, .Em and .Pa macros.
    .Pp
    More text.
"""
import re
import sys

ITEM = re.compile(r'^\.It Sy (\S+) Pq (.+)$')
DEFINITION = re.compile(r'^FINDING\((\w+), (\w+), (\w+), "([^"]+)", "([^"]+)"\)$')
QUOTED = {'Ql': ("'", "'"), 'Dq': ('"', '"'), 'Pq': ('(', ')')}
PLAIN = {'Em', 'Sy', 'Pa', 'Ar', 'Cm', 'Ev'}


def definitions(text):
    """[(name, severity, strict, slug, sentence)] of findings.def."""
    return [match.groups() for line in text.splitlines() if (match := DEFINITION.match(line))]


def plain_line(line):
    """One line of mdoc as plain text; an unknown macro is an error, so that nothing is lost silently."""
    line = line.replace('\\&', '').replace('\\-', '-').replace('\\(em', '--').replace('\\e', '\\')
    if not line.startswith('.'):
        return line
    macro, _, rest = line[1:].partition(' ')
    words = rest.split()
    tail = ''
    while words and words[-1] in {'.', ',', ';', ':', ')'}:
        tail = words.pop() + tail
    if macro == 'Xr':
        return f'{words[0]}({words[1]}){tail}'
    if macro == 'Fl':
        return '-' + ' '.join(words) + tail if not words[0].startswith('-') else '-' + ' '.join(words) + tail
    if macro in QUOTED:
        opening, closing = QUOTED[macro]
        return opening + ' '.join(words) + closing + tail
    if macro in PLAIN:
        return ' '.join(words) + tail
    raise SystemExit(f'findings_manual.py: unknown macro in: {line}')


def paragraphs(text):
    """{slug: (severity words, [paragraph])} in the order of the manual."""
    found = {}
    current = None
    for line in text.splitlines():
        match = ITEM.match(line)
        if match:
            current = [[]]
            found[match.group(1)] = (match.group(2), current)
        elif line.startswith(('.El', '.Sh', '.Ss')):
            current = None
        elif current is not None and not line.startswith('.\\"'):
            if line == '.Pp':
                current.append([])
            else:
                current[-1].append(plain_line(line))
    return {slug: (severity, [' '.join(lines) for lines in parts]) for slug, (severity, parts) in found.items()}


def main(manual_path, definitions_path, output_path):
    with open(manual_path, encoding='utf-8') as file:
        manual = paragraphs(file.read())
    with open(definitions_path, encoding='utf-8') as file:
        table = definitions(file.read())
    with open(output_path, 'w', encoding='utf-8') as out:
        out.write('// Written by src/report/findings_manual.py from man/trailseal-findings.7.\n'
                  '#include "report/findings_manual.hpp"\n\n'
                  'namespace trailseal::report {\n\n'
                  'std::string_view manual_of(verdict::Code code) noexcept {\n'
                  '  switch (code) {\n')
        for name, _, _, slug, _ in table:
            if slug not in manual:
                raise SystemExit(f'findings_manual.py: {manual_path} has no entry for {slug}')
            text = '\n\n'.join(manual[slug][1]).replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n')
            out.write(f'    case verdict::Code::{name}:\n      return "{text}";\n')
        out.write('  }\n  return {};\n}\n\n}  // namespace trailseal::report\n')


if __name__ == '__main__':
    main(*sys.argv[1:])
