"""What of a file that somebody sends is kept, and what is not taken at all (UP-02, UP-04)."""

import io
from typing import Any

import pytest
from PIL import Image

from portal.integrations import files
from tests.support import hostile


def opened(file: files.File) -> Image.Image:
    return Image.open(io.BytesIO(file.data))


class TestPictures:
    @pytest.mark.parametrize("ending", ["jpg", "JPEG", "png", "heic"])
    def test_are_written_anew_upright_and_without_camera_or_place(self, ending: str) -> None:
        form = {"heic": "HEIF", "png": "PNG"}.get(ending, "JPEG")
        given = hostile.picture(form)
        assert hostile.CAMERA.encode() in given
        # A HEIC is turned by its own box as it is written, so that only the others lie.
        kept = files.judge(f"rash.{ending}", given)
        shown = opened(kept)
        assert shown.size == ((64, 48) if ending == "heic" else (48, 64))
        assert not dict(shown.getexif())
        assert hostile.CAMERA.encode() not in kept.data
        ends = "png" if ending == "png" else "jpg"
        assert kept.name == f"rash.{ends}"
        assert kept.content_type == {"png": "image/png", "jpg": "image/jpeg"}[ends]

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
    def test_of_every_kind_of_colour_are_kept(self, mode: str) -> None:
        out = io.BytesIO()
        Image.new(mode, (9, 7)).save(out, "PNG")
        assert opened(files.judge("a.png", out.getvalue())).size == (9, 7)

    def test_keep_a_cameras_small_profile_and_no_large_one(self) -> None:
        small, large = bytes(36) + b"acsp" + bytes(500), bytes(36) + b"acsp" + bytes(9000)
        for profile, kept in ((small, small), (large, None), (b"words" * 20, None)):
            given = hostile.picture("JPEG", icc_profile=profile)
            assert opened(files.judge("a.jpg", given)).info.get("icc_profile") == kept

    def test_that_are_called_like_another_kind_of_picture_get_their_true_ending(self) -> None:
        assert files.judge("a.jpg", hostile.picture("PNG")).name == "a.png"

    def test_of_more_than_forty_megapixels_are_refused_by_their_beginning(self) -> None:
        for width, height in ((10_000, 10_000), (8001, 5000), (65_000, 65_000)):
            with pytest.raises(files.TooManyPixels, match="40 megapixels"):
                files.judge("a.png", hostile.huge_png(width, height))


class TestDocuments:
    def test_are_kept_as_they_came(self) -> None:
        kept = files.judge("letter.PDF", hostile.pdf())
        assert (kept.data, kept.name) == (hostile.pdf(), "letter.pdf")

    @pytest.mark.parametrize(
        "made", [hostile.script_pdf, hostile.launch_pdf, hostile.carrying_pdf, hostile.packed_pdf]
    )
    def test_that_do_or_carry_something_are_refused(self, made: Any) -> None:
        with pytest.raises(files.Active):
            files.judge("a.pdf", made())

    def test_with_a_password_are_refused_with_what_to_do(self) -> None:
        with pytest.raises(files.Locked, match="Save it without one"):
            files.judge("a.pdf", hostile.locked_pdf())

    def test_with_something_behind_or_before_them_are_refused(self) -> None:
        with pytest.raises(files.NotTaken):
            files.judge("a.pdf", hostile.pdf() + hostile.archive())
        with pytest.raises(files.NotTaken):
            files.judge("a.pdf", b"<script>1</script>" + hostile.pdf())

    def test_in_letters_are_kept_and_others_are_not(self) -> None:
        words = "Grüße,\tAna\r\n".encode()
        assert files.judge("a.txt", b"\xef\xbb\xbf" + words).data == words
        for wrong in (b"\xff\xfe", b"a\x00b", b"a\x1bb", hostile.archive()):
            with pytest.raises(files.WrongEnding):
                files.judge("a.txt", wrong)


class TestOthers:
    @pytest.mark.parametrize(
        "name", ["a.svg", "a.html", "a.zip", "a.docx", "a.exe", "pdf", "", "a."]
    )
    def test_are_refused_by_their_name(self, name: str) -> None:
        with pytest.raises(files.NotTaken, match="PDF, photos"):
            files.judge(name, hostile.pdf())

    def test_are_refused_by_their_content(self) -> None:
        for name in ("a.pdf", "a.jpg", "a.png", "a.heic"):
            with pytest.raises(files.NotTaken):
                files.judge(name, b"<svg xmlns='http://www.w3.org/2000/svg'/>")
            with pytest.raises(files.Empty):
                files.judge(name, b"")

    def test_of_more_than_twenty_megabytes_are_refused(self) -> None:
        with pytest.raises(files.TooLarge):
            files.judge("a.txt", b"a" * (files.MOST_BYTES + 1))


class TestNames:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("letter.pdf", "letter.pdf"),
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\Users\\ana\\scan.pdf", "scan.pdf"),
            ("a\x00b.pdf", "ab.pdf"),
            ("gnp.\u202efdp.pdf", "gnp.fdp.pdf"),
            ("Cafe\u0301.pdf", "Café.pdf"),
            (" .hidden .pdf", "hidden.pdf"),
            ("line\r\nset-cookie.pdf", "lineset-cookie.pdf"),
            ('a"b<c>|?*.pdf', "a_b_c____.pdf"),
            ("\u202e\u200b.pdf", "pdf.pdf"),
            ("...", "file.pdf"),
        ],
    )
    def test_say_no_way_and_hide_nothing(self, given: str, kept: str) -> None:
        assert files.clean(given, "pdf") == kept

    def test_are_no_longer_than_can_be_read(self) -> None:
        name = files.clean("x" * 500 + ".pdf", "pdf")
        assert len(name) == files.NAME_MAX
        assert name.endswith("x.pdf")

    def test_stand_in_a_header_plainly_and_whole(self) -> None:
        said = files.disposition('Überweisung "neu".pdf')
        assert said.startswith('attachment; filename="Uberweisung _neu_.pdf"; ')
        assert said.endswith("filename*=UTF-8''%C3%9Cberweisung%20%22neu%22.pdf")
        assert files.disposition("检查.pdf").startswith('attachment; filename="file.pdf"')
