"""A URL is read in one way or refused."""

import pytest

from inference.image_errors import ImageUrlUnusable
from skuapi.fetch import Target, parse_url
from skuapi.fetch.refusal import UrlRefused

READ = {
    "http://example.com": Target("http", "example.com", 80, "/"),
    "https://example.com/a/b.jpg?size=1&x=%20#part": Target("https", "example.com", 443, "/a/b.jpg?size=1&x=%20"),
    "HTTPS://EXAMPLE.com:443/A": Target("https", "example.com", 443, "/A"),
    "http://example.com.:80/": Target("http", "example.com", 80, "/"),
    "http://example.com:/": Target("http", "example.com", 80, "/"),
    "http://example.com:8080/": Target("http", "example.com", 8080, "/"),
    "http://my_shop.example.com/photo 1.jpg": Target("http", "my_shop.example.com", 80, "/photo%201.jpg"),
    "https://bücher.example/käse.png": Target("https", "xn--bcher-kva.example", 443, "/k%C3%A4se.png"),
    "https://例え.jp/": Target("https", "xn--r8jz45g.jp", 443, "/"),
    "http://8.8.8.8/": Target("http", "8.8.8.8", 80, "/"),
    "http://[2606:4700:0:0::1111]/": Target("http", "2606:4700::1111", 80, "/"),
    "http://example.com?q=1": Target("http", "example.com", 80, "/?q=1"),
    "http://1.1.1.1#@127.0.0.1/": Target("http", "1.1.1.1", 80, "/"),
    "http://127.0.0.1.example.com/": Target("http", "127.0.0.1.example.com", 80, "/"),
    "http://１.１.１.１/": Target("http", "1.1.1.1", 80, "/"),
    "http://1。1。1。1/": Target("http", "1.1.1.1", 80, "/"),
}

REFUSED = {
    "other schemes": ["ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "//example.com/", "http:/x"],
    "no host": ["http://", "http:///path", "http://:80/", "http://?x", "https://./", "http:example.com"],
    "user info": ["http://user@example.com/", "http://user:word@example.com/", "http://@example.com/"],
    "two readings": [
        "http://1.1.1.1\\@127.0.0.1/", "http://127.0.0.1\\.example.com/", "http://1.1.1.1&@2.2.2.2#@3.3.3.3/",
        "http://example.com:80@127.0.0.1/", "http://127.0.0.1:80:80/", "http://[::1]example.com/",
        "http://[::1].example.com/", "http://[::1]:80@example.com/", "http://exam ple.com/", "http://a/../\\b",
        "http://127.0.0.1%2f@example.com/", "http://%31%32%37.0.0.1/", "http://example.com%00.evil.com/",
    ],
    "control characters": [
        "http://exa\tmple.com/", "http://exa\nmple.com/", "http://example.com/\r\nHost: x", "http://example.com/\0",
        "\x01http://example.com/", "http://example.com/\x7f", "http://example.com/\x85",
    ],
    "half a surrogate pair": ["http://example.com/\ud800", "http://example.com/?\udfff", "http://ex\ud800.com/"],
    "numbers that mean an address to some": [
        "http://2130706433/", "http://017700000001/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/",
        "http://127.1/", "http://127.0.1/", "http://0/", "http://127.0.0.1.1/", "http://0x/", "http://127.0.0.0x1/",
        "http://127.0.0.01/", "http://1.1.1.256/", "http://example.1/", "http://example.0x7f/", "http://00.00.00.00/",
        "http://①②⑦.①/", "http://127。1/",
    ],
    "addresses that are none": [
        "http://[::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[::1", "http://::1/", "http://[]/", "http://[v1.x]/",
        "http://[1.1.1.1]/", "http://[::g]/", "http://[:::1]/",
    ],
    "ports that are none": ["http://example.com:0/", "http://example.com:65536/", "http://example.com:8x/",
        "http://example.com:-1/", "http://example.com:８０/", "http://example.com:+80/", "http://example.com: 80/"],
    "names that are none": [
        "http://-example.com/", "http://example-.com/", "http://exa..mple.com/", "http://.example.com/",
        "http://" + "a" * 64 + ".com/", "http://" + "a." * 127 + "com/", "http://example.com<script>/",
        "http://exa*mple.com/", "http://℀.com/", "http://\u202eexample.com/", "http://*/",
    ],
    "too long": ["http://example.com/" + "a" * 8_192],
}  # fmt: skip


@pytest.mark.parametrize("url", READ)
def test_a_plain_url_is_read(url: str) -> None:
    assert parse_url(url) == READ[url]


@pytest.mark.parametrize("url", [url for urls in REFUSED.values() for url in urls], ids=repr)
def test_anything_else_is_refused_with_the_one_sentence(url: str) -> None:
    with pytest.raises(ImageUrlUnusable) as refused:
        parse_url(url)
    assert str(refused.value) == ImageUrlUnusable.sentence


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/other", Target("http", "[::1]".strip("[]"), 8080, "/other")),
        ("next?x=1", Target("http", "::1", 8080, "/folder/next?x=1")),
        ("//example.com/a", Target("http", "example.com", 80, "/a")),
        ("https://example.com", Target("https", "example.com", 443, "/")),
        ("/k\u00c3\u00a4se", Target("http", "::1", 8080, "/k%C3%A4se")),
    ],
)
def test_a_redirect_is_read_from_where_it_stands(location: str, expected: Target) -> None:
    assert parse_url("http://[::1]:8080/folder/file").join(location) == expected


@pytest.mark.parametrize("location", ["\\\\127.0.0.1/", "http://[", "http://a@b/", "javascript:0", "http://①/", "\xff"])
def test_a_redirect_is_refused_by_the_same_rules(location: str) -> None:
    with pytest.raises(UrlRefused):
        parse_url("http://example.com/").join(location)
