"""Pictures from anywhere: upright, on white, of one size; what is broken or too large is told in words."""

import base64
import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from dualroute import inputs as images
from dualroute.inputs import Pictures, find_pictures, from_url, open_picture, square, to_url

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def two_colours(size=(4, 2)) -> Image.Image:
    """Left half red, right half blue."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, *size))
    return picture


def to_bytes(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def test_a_picture_a_file_and_its_bytes_are_the_same(tmp_path):
    picture, path = two_colours(), tmp_path / "made.png"
    picture.save(path)
    for source in (picture, path, str(path), path.read_bytes()):
        assert np.array_equal(open_picture(source), picture)


def test_what_is_transparent_is_white():
    clear = Image.new("RGBA", (2, 1), (255, 0, 0, 0))
    clear.putpixel((1, 0), (255, 0, 0, 255))
    half = Image.new("LA", (2, 1), (0, 128))
    assert np.asarray(open_picture(to_bytes(clear))).tolist() == [[list(WHITE), list(RED)]]
    assert np.asarray(open_picture(to_bytes(half))).tolist() == [[[127] * 3] * 2]


def test_a_palette_with_a_transparent_colour():
    picture = Image.new("P", (2, 1))
    picture.putpalette([*RED, *BLUE])
    picture.putpixel((1, 0), 1)
    opened = open_picture(to_bytes(picture, transparency=0))
    assert np.asarray(opened).tolist() == [[list(WHITE), list(BLUE)]]


def test_grey_of_sixteen_bits_is_scaled():
    grey = Image.fromarray(np.array([[0, 128 << 8, 65535]], dtype=np.uint16))
    assert np.asarray(open_picture(to_bytes(grey)))[0, :, 0].tolist() == [0, 128, 255]


def test_a_photograph_taken_sideways_is_turned():
    turned = Image.Exif()
    turned[0x0112] = 6  # to be shown turned by 90 degrees to the right
    opened = open_picture(to_bytes(two_colours((8, 4)), exif=turned.tobytes()))
    assert opened.size == (4, 8)
    assert opened.getpixel((0, 0)) == RED
    assert opened.getpixel((0, 7)) == BLUE


def test_of_an_animation_the_first_frame():
    frames = [Image.new("RGB", (3, 3), colour) for colour in (RED, BLUE)]
    opened = open_picture(to_bytes(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert opened.getpixel((1, 1)) == RED


def test_square_keeps_the_whole_picture():
    pixels = square(two_colours((8, 4)), 8)
    assert pixels.shape == (8, 8, 3)
    assert (pixels[:2] == 255).all()
    assert (pixels[6:] == 255).all()
    assert np.array_equal(pixels[2:6], two_colours((8, 4)))


def test_a_url_and_back():
    pixels = np.asarray(two_colours())
    assert np.array_equal(open_picture(from_url(to_url(pixels))), pixels)


@pytest.mark.parametrize(
    "text",
    [
        "/etc/passwd",
        "file:///etc/passwd",
        "https://example.org/a.png",
        "data:text/html;base64,QQ==",
        "data:image/png,x",
    ],
)
def test_only_pictures_within_the_text_are_taken(text):
    with pytest.raises(ValueError, match="the image must be a picture, or a data: URL"):
        from_url(text)


def test_a_url_that_is_cut_short():
    with pytest.raises(ValueError, match="not a whole data: URL"):
        from_url("data:image/png;base64,abc")


def test_what_is_no_picture_is_reported():
    for content in (b"", b"hello", b"<svg></svg>", b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(ValueError, match="the photo is"):
            open_picture(content, "photo")
    with pytest.raises(ValueError, match="not int"):
        open_picture(3)
    with pytest.raises(FileNotFoundError, match=r"'nowhere\.png' was not found"):
        open_picture("nowhere.png")


@pytest.mark.parametrize("kind", images.FORMATS)
def test_a_file_cut_anywhere_never_ends_in_another_error(kind):
    noise = np.random.default_rng(0).integers(0, 255, (32, 32, 3), dtype=np.uint8)
    whole = to_bytes(Image.fromarray(noise), kind)
    for length in range(0, len(whole) - 200, 97):
        with pytest.raises(ValueError, match="the image is"):
            open_picture(whole[:length])


def test_too_many_pixels_are_refused_before_they_are_unpacked():
    large = to_bytes(Image.new("1", (5000, 4001)))
    assert len(large) < 10_000
    with pytest.raises(ValueError, match="at most 20 megapixels"):
        open_picture(large)
    bomb = to_bytes(Image.new("1", (20_000, 10_000)))
    with pytest.raises(ValueError, match="at most 20 megapixels"):
        open_picture(bomb)


@pytest.fixture(params=["folder", "zip"])
def pictures(request, tmp_path):
    """An archive and a folder with a good and a broken picture, beside a file that is not theirs."""
    (tmp_path / "secret.png").write_bytes(to_bytes(two_colours()))
    files = {"a/good.png": to_bytes(two_colours()), "broken.png": b"no picture"}
    if request.param == "zip":
        path = tmp_path / "images.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return Pictures(path)
    for name, content in files.items():
        path = tmp_path / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return Pictures(tmp_path / "images")


def test_pictures_of_a_data_set(pictures):
    assert pictures.pixels("a/good.png", 8).shape == (8, 8, 3)
    with pytest.raises(ValueError, match=r"picture 'broken\.png' is not a picture"):
        pictures.pixels("broken.png", 8)
    for name in ("none.png", "../secret.png", "a"):
        with pytest.raises(FileNotFoundError, match=f"the picture '{name}' is not in images"):
            pictures.pixels(name, 8)


def test_a_damaged_archive(tmp_path):
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", b"\0" * 9000)
    content = bytearray(path.read_bytes())
    content[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"'a\.png' in images\.zip is broken"):
        Pictures(path).pixels("a.png", 8)


def test_no_archive_is_reported(tmp_path):
    with pytest.raises(FileNotFoundError, match="no pictures"):
        Pictures(tmp_path / "images.zip")
    (tmp_path / "images.zip").write_bytes(b"no zip")
    with pytest.raises(ValueError, match=r"images\.zip is not a zip archive"):
        Pictures(tmp_path / "images.zip")


def test_pictures_are_looked_for_beside_the_data(tmp_path):
    data = tmp_path / "train.jsonl"
    data.write_text("")
    assert find_pictures(data) == tmp_path / "images.zip"  # what an error then names
    (tmp_path / "images").mkdir()
    assert find_pictures(data) == find_pictures(tmp_path) == tmp_path / "images"
    (tmp_path / "images.zip").write_bytes(b"")
    assert find_pictures(data) == tmp_path / "images.zip"
    assert find_pictures(data, tmp_path / "other.zip") == tmp_path / "other.zip"


def test_the_url_is_of_a_png_file():
    url = to_url(np.zeros((2, 2, 3), np.uint8))
    assert base64.b64decode(url.partition(",")[2]).startswith(b"\x89PNG")
