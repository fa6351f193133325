package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
)

// TestReadmes: what the pages link and type is there, and the commands are ones that a shell reads.
func TestReadmes(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("*/*.md")
	if err != nil || len(pages) < 6 {
		t.Fatalf("%v %v", pages, err)
	}
	file := regexp.MustCompile(
		`^(\.\./[a-z]+/)?([a-z-]+\.(yaml|service|timer)|with-(environment|base)|Dockerfile|crontab)$`)
	for _, page := range pages {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		text, dir := string(data), filepath.Dir(page)
		exists := func(name string) {
			if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
		for _, link := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(text, -1) {
			exists(link[1])
		}
		if dir != cron && dir != kubernetes {
			continue
		}
		for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```").FindAllStringSubmatch(text, -1) {
			checkStep(t, page+".sh", block[1])
			for _, word := range strings.Fields(block[1]) {
				if file.MatchString(word) {
					exists(word)
				}
			}
		}
	}
}

// TestReadmeNamesWhatManifestsNeed: a secret, a claim and a job that a page has the reader make are
// those that the manifests name.
func TestReadmeNamesWhatManifestsNeed(t *testing.T) {
	t.Parallel()
	manifests := map[string][]string{kubernetes: {"apply.yaml"}, cron: {"cronjob.yaml", "cronjob-git.yaml"}}
	for dir, names := range manifests {
		data, err := os.ReadFile(filepath.Join(dir, "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			var pod core.PodSpec
			if dir == kubernetes {
				pod = job(t, name).Spec.Template.Spec
			} else {
				pod = manifest[batch.CronJob](t, dir, name).Spec.JobTemplate.Spec.Template.Spec
			}
			secrets := []string{pod.Containers[0].EnvFrom[0].SecretRef.Name}
			for _, volume := range pod.Volumes {
				if volume.Secret != nil {
					secrets = append(secrets, volume.Secret.SecretName)
				}
			}
			for _, secret := range secrets {
				if !strings.Contains(string(data), "kubectl create secret generic "+secret+" ") {
					t.Errorf("%s: nothing makes the secret %s of %s", dir, secret, name)
				}
			}
			if image := pod.Containers[0].Image; !strings.Contains(string(data), strings.Split(image, "@")[0]) {
				t.Errorf("%s: nothing makes the image %s of %s", dir, image, name)
			}
		}
	}
}
