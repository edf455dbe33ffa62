"""An independent writer of CloudTrail digest chains, honest and mutated, for the tests of trailseal.

Nothing here is taken from trailseal's own code: a bug of the product must not be copied into its test. The format is
that of the AWS CloudTrail User Guide ("CloudTrail digest file structure", "Custom implementations of CloudTrail log file
integrity validation"); what the guide leaves open is written as genuine digests show it (minified JSON, the order of its
fields, escaped slashes).
"""
