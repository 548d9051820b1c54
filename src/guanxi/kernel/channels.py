"""What the channels are called whose codes Guanxi writes itself; others go by their own names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guanxi.kernel.wording import Wording, say

CHANNELS: Final[Mapping[str, Wording]] = {
    "tmall": say("Tmall"),
    "taobao": say("Taobao"),
    "jd": say("JD"),
    "douyin": say("Douyin"),
    "youzan": say("Youzan"),
    "xiaohongshu": say("Xiaohongshu"),
    "kuaishou": say("Kuaishou"),
    "bilibili": say("Bilibili"),
    "weibo": say("Weibo"),
    "baidu": say("Baidu"),
    "zhihu": say("Zhihu"),
    "store": say("Stores"),
    "wechat": say("WeChat"),
    "wecom": say("WeCom"),
    "web": say("Web shop"),
}


def named(channel: str) -> str:
    """The channel's name, to be said in the reader's language; any other text is its own name."""
    return CHANNELS.get(channel, channel)
