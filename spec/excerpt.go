package spec

func addExcerpts(files []*source, problems []Problem) {}
