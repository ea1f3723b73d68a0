"""Lines of vendors in the panel of filters."""

from storefront.listing.options import Option
from storefront.templatetags.storefront import vendor_lines


def test_a_vendor_can_be_chosen_and_left_out():
    lines = vendor_lines(
        [
            Option("kanc", "Канц & <Ко>", 1250, selected=True),
            Option("100", '100% "так"', None, without=True),
        ]
    )
    assert lines.count("<li") == lines.count("</li>") == 2
    first, second = lines.split("</li>")[:2]
    assert 'id="f-v-kanc" name="vendor" value="kanc" checked>' in first
    assert '<span class="name">Канц &amp; &lt;Ко&gt;</span>' in first
    assert 'id="f-w-kanc" name="without" value="kanc"' in first
    assert first.count("checked") == 1
    assert first.count("Канц &amp; &lt;Ко&gt;") == 3
    assert 'name="vendor" value="100">' in second
    assert '<span class="tally"></span>' in second
    assert second.count("100% &quot;так&quot;") == 3
    assert 'name="without" value="100"' in second.split("checked", maxsplit=1)[0]
