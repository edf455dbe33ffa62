// The limit that verification is measured against: open, read, inflate and hash every file, and nothing else. One
// thread, reused buffers, libdeflate over the whole buffer, SHA-256 of OpenSSL. No signature, no listing, no digest.
//
// usage: bare_loop FILE-OF-PATHS
#include <fcntl.h>
#include <libdeflate.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
  std::fprintf(stderr, "bare_loop: %s: %s\n", path.c_str(), what);
  _exit(1);
}

void read_file(const std::string& path, std::vector<std::uint8_t>& bytes) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (file < 0 || fstat(file, &status) != 0) fail(path, "cannot open");
  bytes.resize(static_cast<std::size_t>(status.st_size));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t part = read(file, bytes.data() + done, bytes.size() - done);
    if (part <= 0) fail(path, "cannot read");
    done += static_cast<std::size_t>(part);
  }
  close(file);
}

std::uint32_t little_endian(const std::uint8_t* bytes) {
  return static_cast<std::uint32_t>(bytes[0] | bytes[1] << 8 | bytes[2] << 16) | static_cast<std::uint32_t>(bytes[3])
                                                                                     << 24;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ifstream list(argv[1]);
  libdeflate_decompressor* inflate = libdeflate_alloc_decompressor();
  EVP_MD* sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::vector<std::uint8_t> compressed, content;
  std::uint64_t files = 0, total = 0;
  unsigned sum = 0;
  for (std::string path; std::getline(list, path); ++files) {
    read_file(path, compressed);
    if (compressed.size() < 18) fail(path, "too short");
    const std::size_t size = little_endian(compressed.data() + compressed.size() - 4);
    if (content.size() < size) content.resize(size);
    std::size_t produced = 0;
    if (libdeflate_gzip_decompress(inflate, compressed.data(), compressed.size(), content.data(), size, &produced) !=
        LIBDEFLATE_SUCCESS)
      fail(path, "cannot inflate");
    std::uint8_t hash[32];
    if (EVP_DigestInit_ex2(context, sha256, nullptr) != 1 || EVP_DigestUpdate(context, content.data(), produced) != 1 ||
        EVP_DigestFinal_ex(context, hash, nullptr) != 1)
      fail(path, "cannot hash");
    sum += hash[0];
    total += produced;
  }
  std::printf("%llu %llu %u\n", static_cast<unsigned long long>(files), static_cast<unsigned long long>(total), sum);
  EVP_MD_CTX_free(context);
  EVP_MD_free(sha256);
  libdeflate_free_decompressor(inflate);
  return 0;
}
