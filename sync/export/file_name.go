package export

import "makesync/spec"

// FileName is the file of an organization's document: KEY.yaml, on every system the same. A key
// that is the name of a device gets an underscore, which no key holds: con_.yaml.
func FileName(key string) string { return spec.FileStem(key) + ".yaml" }
