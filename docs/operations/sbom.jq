# A CycloneDX 1.5 list of everything that is built into the program:
#     cargo metadata --format-version 1 --locked --filter-platform x86_64-unknown-linux-gnu | jq -f docs/operations/sbom.jq
# Only what the binary links: no test tools, no build scripts' own dependencies.
(.packages | map({key: .id, value: .}) | from_entries) as $packages
| (.resolve.nodes | map({key: .id, value: [.deps[] | select(any(.dep_kinds[]; .kind == null)) | .pkg]}) | from_entries) as $needs
| ([.packages[] | select(.name == "bellwether" and .source == null)][0]) as $root
| def ref: "\(.name)@\(.version)";
  def closure($seen; $todo):
    if ($todo | length) == 0 then $seen
    else ($todo[0]) as $next
      | if $seen[$next] then closure($seen; $todo[1:])
        else closure($seen + {($next): true}; $todo[1:] + $needs[$next]) end
    end;
  closure({}; [$root.id]) as $linked
| {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { component: { type: "application", name: $root.name, version: $root.version, "bom-ref": ($root | ref) } },
    components: [
      $linked | keys[] | $packages[.] | select(.id != $root.id)
      | { type: "library", name, version, "bom-ref": ref }
        + (if .license then { licenses: [{ expression: (.license | gsub("/"; " OR ")) }] } else {} end)
        + (if .source then { purl: "pkg:cargo/\(.name)@\(.version)" } else {} end)
    ],
    dependencies: [ $linked | keys[] | . as $id | { ref: ($packages[$id] | ref), dependsOn: [$needs[$id][] | select($linked[.]) | $packages[.] | ref] } ]
  }
