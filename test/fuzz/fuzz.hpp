// What a fuzz target defines.
#pragma once

#include "trailseal/bytes.hpp"

// Feeds `input` to one parser and aborts if the parser breaks a promise that holds for every input; a crash, a hang or
// a sanitizer report is the other way to fail.
void fuzz(trailseal::ByteView input);
