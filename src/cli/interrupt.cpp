#include "cli/interrupt.hpp"

#include <atomic>
#include <csignal>

namespace trailseal::cli {
namespace {

std::atomic<verify::Progress*> g_interrupted{nullptr};

// The first signal asks the run to end; the handler is then the default one again, so the second ends the program.
extern "C" void on_interrupt(int) {
  if (verify::Progress* progress = g_interrupted.load()) progress->stop.store(true);
}

}  // namespace

InterruptGuard::InterruptGuard(verify::Progress& progress) {
  g_interrupted = &progress;
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  for (const int number : {SIGINT, SIGTERM}) ::sigaction(number, &action, nullptr);
}

InterruptGuard::~InterruptGuard() {
  for (const int number : {SIGINT, SIGTERM}) std::signal(number, SIG_DFL);
  g_interrupted = nullptr;
}

}  // namespace trailseal::cli
