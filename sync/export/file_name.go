package export

import "regexp"

// deviceName is what Windows takes for a device in every folder, whatever stands behind the first
// dot: such a file can be made neither there nor by a checkout of a repository that holds one.
var deviceName = regexp.MustCompile(`^(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)

// FileName is the file of an organization's document: KEY.yaml, on every system the same. A key
// that is the name of a device gets an underscore, which no key holds: con_.yaml.
func FileName(key string) string {
	if device := deviceName.FindStringSubmatchIndex(key); device != nil {
		end := device[2]
		return key[:end] + "_" + key[end:] + ".yaml"
	}
	return key + ".yaml"
}
