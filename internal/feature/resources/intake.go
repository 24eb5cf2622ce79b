package resources

const maxYAML = 2 << 20
