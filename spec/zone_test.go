package spec

import "testing"

// A zone is one place by all urls that lead to it, and two zones are two.
func TestURLPlace(t *testing.T) {
	t.Parallel()
	places := [][]string{
		{"https://eu1.make.com", "https://EU1.Make.com", "https://eu1.make.com.", "https://eu1.make.com:443/", "https://eu1.make.com.:0443", "HTTPS://eu1.make.com:"},
		{"https://eu2.make.com"},
		{"https://eu1.make.com:8443"},
		{"https://xn--mller-kva.example", "https://XN--MLLER-KVA.example"},
		{"http://localhost:8080", "http://LOCALHOST:8080", "http://localhost.:8080", "http://127.0.0.1:8080", "http://127.0.0.1.:8080",
			"http://127.8.0.9:08080", "http://[::1]:8080", "http://[0:0:0:0:0:0:0:1]:8080", "http://[::ffff:127.0.0.1]:8080",
			"http://[::FFFF:7f00:1]:8080", "https://localhost:8080", "https://0.0.0.0:8080", "https://[::]:8080"},
		{"http://eu.make.localhost:8080", "https://EU.Make.localhost.:8080"}, // a proxy tells names apart
		{"http://us.make.localhost:8080"},
		{"http://localhost:8081", "https://127.0.0.1:8081"},
		{"http://localhost", "http://127.0.0.1:80"},
		{"https://localhost", "https://[::1]:443"},
		{"https://192.0.2.7", "https://192.0.2.7.", "https://[::ffff:192.0.2.7]", "https://[::ffff:c000:207]:443"},
		{"https://[2001:db8::7]", "https://[2001:DB8:0:0::7]"},
	}
	byPlace := map[string]int{}
	for i, urls := range places {
		for _, url := range urls {
			place := URLPlace(url)
			if first, seen := byPlace[place]; place == "" || seen != (url != urls[0]) || seen && first != i {
				t.Errorf("%s is %q", url, place)
			}
			byPlace[place] = i
		}
	}
	for _, url := range []string{
		"https://127.1", "https://0x7f.1", "https://0x7f000001", "https://2130706433", "https://0177.0.0.1", "https://127.0.0.01", "https://a.b.0X",
		"https://1.2.3.4.5", "https://make..", "https://.", "https://mak\u00e9.example", "https://\uff11.example", "https://%31.example", "http://192.0.2.7", "",
	} {
		if place := URLPlace(url); place != "" {
			t.Errorf("%s is %q", url, place)
		}
	}
}
