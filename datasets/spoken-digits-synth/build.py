"""Builds spoken-digits-synth with Debian's espeak-ng, which is unpacked, not installed; datasheet.md describes it."""

from __future__ import annotations

import platform
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from audio import WORDS, category, wav_samples, write_sound
from sources import SourceError, deb_files, debian, last_line

ESPEAK = "1.51+dfsg-10+deb12u2"
PACKAGES = {  # name: version, SHA-256 of the amd64 package
    "espeak-ng": (ESPEAK, "a11396a690f85f55e6e6b2965505237ddf3dc95c51936aa61de936f1ccf8f4d0"),
    "libespeak-ng1": (ESPEAK, "2b127a95b50d92cbd7a615968d2ac1566e1cbc87e27bcda0c2894afb2407c6d2"),
    "espeak-ng-data": (ESPEAK, "573f5661c6a5adcf949018baad158c4c773bf5579390ee5235a890f1cd694106"),
    "libsonic0": ("0.2.0-12", "9d60de6918ace0b10e3e4e95421befd08aaf03b5b2a3d71ceb799e0cf259916f"),
}

VERSION = "1"
SUMMARY = (
    "the digits 0 to 9 in four languages by 99 synthetic voices, 8 kHz: the training set whose domain gap is the lesson"
)
LICENCE = "CC0-1.0"
FILE_LICENCES: dict[str, str] = {}
SOURCE = f"generated with Debian espeak-ng {ESPEAK} (amd64)"

SEED = 20_001
ESPEAK_RATE, SAMPLE_RATE = 22_050, 8_000  # Hz
VOICES = {"en": "en-us", "fr": "fr", "it": "it", "ru": "ru"}  # American English, as the real speaker's
REPEATED = {"caleb", "klatt6"}  # variants that differ in name only: their sound is that of klatt, bit for bit
DIGITS_A_VOICE = 4  # in each language
NOISY = 1 / 3  # of the rows
FRAME = SAMPLE_RATE // 100  # 10 ms
LIBRARIES = "usr/lib/x86_64-linux-gnu/"

UP, DOWN = 160, 441  # 22,050 Hz * 160 / 441 is 8,000 Hz
HALF_TAPS = 16 * DOWN
CUTOFF = 3_650  # Hz


def build(out: Path) -> None:
    """Writes digits.parquet into the folder ``out``."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        unpack(folder)
        names = sorted(file.name for file in (folder / LIBRARIES / "espeak-ng-data/voices/!v").iterdir())
        frame = plan([name for name in names if name not in REPEATED])
        spoken = [
            speak(folder, row.word, f"{VOICES[row.language]}+{row.voice}", row.words_per_minute, row.pitch)
            for row in frame.itertuples()
        ]
    rng = np.random.Generator(np.random.PCG64(SEED + 1))
    samples = [finish(sound, row.level, row.snr, rng) for sound, row in zip(spoken, frame.itertuples(), strict=True)]
    columns = {
        "language": category(frame["language"]),
        "digit": pa.array(frame["digit"], pa.int8()),
        "word": pa.array(frame["word"]),
        "voice": category(frame["voice"]),
        "words_per_minute": pa.array(frame["words_per_minute"], pa.int16()),
        "pitch": pa.array(frame["pitch"], pa.int8()),
        "level": pa.array(frame["level"], pa.int8()),
        "snr": pa.array(frame["snr"], pa.float32(), from_pandas=True),
        "sample_rate": pa.array([SAMPLE_RATE] * len(frame), pa.int32()),
    }
    write_sound(columns, samples, out / "digits.parquet")


def plan(voices: list[str]) -> pd.DataFrame:
    """What is to be said, and how: each voice says four digits in each language, each digit about as often."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    rows = [
        (language, (DIGITS_A_VOICE * i + 3 * j + k) % 10, voice)
        for i, voice in enumerate(voices)
        for j, language in enumerate(VOICES)
        for k in range(DIGITS_A_VOICE)
    ]
    frame = pd.DataFrame(rows, columns=["language", "digit", "voice"]).sort_values(["language", "digit", "voice"])
    count = len(frame)
    return frame.assign(
        word=[WORDS[language][digit] for language, digit in zip(frame["language"], frame["digit"], strict=True)],
        words_per_minute=rng.integers(110, 221, count),
        pitch=rng.integers(20, 81, count),
        level=rng.integers(-18, 1, count),
        snr=np.where(rng.random(count) < NOISY, rng.integers(5, 26, count), np.nan),
    ).reset_index(drop=True)


def unpack(folder: Path) -> None:
    """Unpacks espeak-ng and its data into ``folder``; SourceError where its program cannot run."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise SourceError(
            f"espeak-ng is pinned for Linux on x86_64, this is {platform.system()} on {platform.machine()}: "
            "its floating-point output may differ elsewhere. The vendored file was made on that platform."
        )
    for package, (version, digest) in PACKAGES.items():
        for name, content in deb_files(debian(package, version, digest, "amd64"), "usr/bin/", LIBRARIES).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    libraries = folder / LIBRARIES
    library = libraries / "libespeak-ng.so.1.1.51"
    # The library wants libpcaudio, and that the sound servers' libraries, only to open a loudspeaker that writing a
    # file never uses. In this copy the C library takes its place; sched_yield returns 0: there is no loudspeaker.
    content = library.read_bytes()
    for old, new in (
        (b"\0libpcaudio.so.0\0", b"\0libc.so.6\0"),
        (b"\0create_audio_device_object\0", b"\0sched_yield\0"),
    ):
        content = content.replace(old, new.ljust(len(old), b"\0"))
    (libraries / "libespeak-ng.so.1").write_bytes(content)
    (libraries / "libsonic.so.0.2.0").rename(libraries / "libsonic.so.0")
    (folder / "usr/bin/espeak-ng").chmod(0o755)


def speak(folder: Path, word: str, voice: str, words_per_minute: int, pitch: int) -> np.ndarray:
    """``word`` as espeak-ng says it, int16 at 22,050 Hz. Each word has its own process: nothing is carried over."""
    file = folder / "word.wav"
    command = [folder / "usr/bin/espeak-ng", f"--path={folder / LIBRARIES}", "-v", voice, "-w", file]
    command += ["-s", str(words_per_minute), "-p", str(pitch), word.encode()]
    done = subprocess.run(
        command, capture_output=True, check=False, env={"LD_LIBRARY_PATH": str(folder / LIBRARIES), "LC_ALL": "C.UTF-8"}
    )
    if done.returncode != 0 or not file.exists():
        raise SourceError(f"espeak-ng {ESPEAK} did not run ({last_line(done.stderr.decode(errors='replace'))}).")
    samples = wav_samples(file.read_bytes(), ESPEAK_RATE)
    file.unlink()
    return samples


def finish(sound: np.ndarray, level: int, snr: float, rng: np.random.Generator) -> np.ndarray:
    """The stored samples: 8 kHz, silence trimmed, noise where ``snr`` (dB) is given, peak ``level`` dB below 2,047."""
    speech = trim(resample(sound) / 2**20)
    if not np.isnan(snr):
        noise = coloured_noise(len(speech), rng)
        speech = speech + noise * np.sqrt((speech**2).sum() / (noise**2).sum() / 10 ** (snr / 10))
    # 12 bits instead of 16 halve the file: what is lost lies 60 dB and more below the loudest utterances.
    return np.round(speech / abs(speech).max() * 2047 * 10 ** (level / 20)).astype(np.int16)


def resample(sound: np.ndarray) -> np.ndarray:
    """``sound`` from 22,050 to 8,000 Hz, times 2**20, in whole numbers: no processor rounds them differently.

    A polyphase filter: a sinc cut at 3,650 Hz in a Kaiser window, its taps rounded to multiples of 2**-20.
    """
    tap = np.arange(-HALF_TAPS, HALF_TAPS + 1)
    width = 2 * CUTOFF / (ESPEAK_RATE * UP)
    taps = np.round(UP * width * np.sinc(width * tap) * np.kaiser(len(tap), 7.0) * 2**20).astype(np.int64)
    centre = np.arange(len(sound) * UP // DOWN) * DOWN  # of each new sample, on the grid of 22,050 * 160 Hz
    first = -((HALF_TAPS - centre) // UP)
    source = first[:, None] + np.arange(2 * HALF_TAPS // UP + 1)
    offset = centre[:, None] - source * UP + HALF_TAPS
    known = (offset >= 0) & (offset < len(taps)) & (source >= 0) & (source < len(sound))
    picked = sound.astype(np.int64)[np.where(known, source, 0)] * taps[np.where(known, offset, 0)]
    return np.where(known, picked, 0).sum(axis=1)


def trim(speech: np.ndarray) -> np.ndarray:
    """``speech`` from 20 ms before to 20 ms after the frames of 10 ms within 34 dB of the loudest."""
    count = len(speech) // FRAME
    energy = (speech[: count * FRAME].reshape(count, FRAME) ** 2).sum(axis=1)
    loud = np.flatnonzero(energy > 10**-3.4 * energy.max())
    return speech[max(loud[0] - 2, 0) * FRAME : min(loud[-1] + 3, count) * FRAME]


def coloured_noise(count: int, rng: np.random.Generator) -> np.ndarray:
    """Noise that falls by about 3 dB an octave above 60 Hz, from whole random numbers."""
    taps = [1.0]
    for k in range(1, 128):
        taps.append(taps[-1] * (k - 0.5) / k)  # the power series of (1 - z)**-0.5
    whole = np.round(np.array(taps) * 2**12).astype(np.int64)
    white = rng.integers(-(2**12), 2**12, (4, count + len(whole) - 1)).sum(axis=0)  # a sum of four: nearly normal
    return np.convolve(white, whole, "valid").astype(float)
