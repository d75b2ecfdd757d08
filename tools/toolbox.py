"""The agent's tools: an explicit tuple. A new tool is a file of its own and a line here."""

from __future__ import annotations

from sourcehound.tools.crop import Crop
from sourcehound.tools.frames import Frames
from sourcehound.tools.list_parts import ListParts
from sourcehound.tools.look import Look
from sourcehound.tools.read import Read
from sourcehound.tools.read_page import ReadPage
from sourcehound.tools.search_images import SearchImages
from sourcehound.tools.search_moments import SearchMoments
from sourcehound.tools.search_pages import SearchPages
from sourcehound.tools.search_text import SearchText
from sourcehound.tools.tool import Tool
from sourcehound.tools.web_search import WebSearch

TOOLS: tuple[Tool, ...] = (
    SearchText(),
    SearchPages(),
    SearchImages(),
    SearchMoments(),
    Read(),
    ListParts(),
    Crop(),
    Look(),
    Frames(),
    WebSearch(),
    ReadPage(),
)
