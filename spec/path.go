package spec

import (
	"strconv"

	"makesync/spec/text"
)

// PathKey is the YAML path of a key: the path of the mapping in which it stands, a dot, the key as
// messages show it. parent is the key of that mapping, both are "" at the top.
func PathKey(path, parent, key string) string {
	shown := text.Clean(ShownKey(parent, key))
	if path == "" {
		return shown
	}
	return path + "." + shown
}

// PathItem is the YAML path of an item, counted from 0, of the list at path.
func PathItem(path string, index int) string { return path + "[" + strconv.Itoa(index) + "]" }

// ShownKey is a key below parent as messages show it. Names of feature controls are the only keys
// of several words: any other is cut where its first word ends, since a secret may stand behind it.
func ShownKey(parent, key string) string {
	if parent == "featureControls" {
		return key
	}
	return text.FirstWord(key)
}
