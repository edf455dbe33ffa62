"""Writes the C++ example of the README: readme_example.py README OUT"""

import re
import sys

readme, out = sys.argv[1:]
with open(readme, encoding="utf-8") as text:
    (example,) = re.findall(r"^```cpp\n(.*?)^```$", text.read(), re.MULTILINE | re.DOTALL)
with open(out, "w", encoding="utf-8") as file:
    file.write(example)
