// For stores where reading every name is cheap, and folders are there to be asked for.
#include <string>

#include "trailseal/store.hpp"

namespace trailseal::store {
namespace {

Result<void> level(const ObjectStore& store, std::string_view prefix, std::string_view after,
                   const OutlineVisitor& visit, const TroubleVisitor& trouble) {
  TRY(const Folder folder, store.folder(prefix, trouble));
  auto object = folder.objects.begin();
  auto below = folder.folders.begin();
  while (object != folder.objects.end() || below != folder.folders.end()) {
    const bool is_folder = object == folder.objects.end() || (below != folder.folders.end() && *below < object->key);
    const ObjectInfo name = is_folder ? ObjectInfo{*below++} : *object++;
    if (name.key > after && !visit(name, is_folder)) break;
  }
  return {};
}

}  // namespace

Result<void> ObjectStore::outline(std::string_view prefix, std::string_view after, std::string_view delimiter,
                                  const OutlineVisitor& visit, const TroubleVisitor& trouble) const {
  if (delimiter == "/" && (prefix.empty() || prefix.ends_with('/'))) return level(*this, prefix, after, visit, trouble);
  std::string last;
  return list(
      prefix, after,
      [&](const ObjectInfo& object) {
        if (!last.empty() && object.key.starts_with(last)) return true;
        const auto found = object.key.find(delimiter, prefix.size());
        if (found == std::string::npos) return visit(object, false);
        last = object.key.substr(0, found + delimiter.size());
        return last <= after || visit(ObjectInfo{last}, true);
      },
      trouble);
}

}  // namespace trailseal::store
