using Docker.DotNet;
using Docker.DotNet.Models;

namespace Gatehouse.Relays.Engines;

public sealed partial class Engine
{
    // An engine unpacks in silence; on a small machine with a slow disk that takes its time.
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(5);

    /// <summary>Whether the engine has the image, by its content: neither its name nor its number says enough, and the number differs between engines.</summary>
    /// <exception cref="EngineException">The engine does not say.</exception>
    public async Task<bool> Has(RelayImage image, CancellationToken ct)
    {
        try
        {
            var there = await Ask(t => _client.Images.InspectImageAsync(image.Tag, t), ct);
            return there.RootFS?.Layers is [var layer] && layer == image.Layer && Label(there.Config?.Labels, RelayImage.ContentLabel) == image.Layer;
        }
        catch (EngineException e) when (e.Fault is EngineFault.NotFound or EngineFault.NoImage)
        {
            return false;
        }
    }

    /// <summary>Sends the image, if the engine does not have it.</summary>
    /// <param name="sent">Bytes so far, of <see cref="RelayImage.Size"/>; engines themselves tell little of it.</param>
    /// <exception cref="EngineException"><see cref="EngineFault.OtherMachine"/>, <see cref="EngineFault.NoSpace"/>, <see cref="EngineFault.ImageWrong"/>: it did not arrive as it was sent.</exception>
    public async Task Ship(RelayImage image, IProgress<long>? sent, CancellationToken ct)
    {
        if (Info.Machine != image.Machine)
            throw new EngineException(EngineFault.OtherMachine, $"{Info.Machine}, not {image.Machine}");
        if (await Has(image, ct))
            return;
        // An engine answers 200 to whatever comes; what went wrong stands in the lines after it.
        string? wrong = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Silence);
        try
        {
            await using var file = new Sending(image.Open(), at =>
            {
                limit.CancelAfter(Silence);
                sent?.Report(at);
            });
            await _client.Images.LoadImageAsync(new ImageLoadParameters { Quiet = false }, file, new Each<JSONMessage>(line =>
            {
                limit.CancelAfter(Silence);
                wrong ??= line.Error?.Message;
            }), limit.Token);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && EngineFaults.Of(e) is not null)
        {
            throw await Fault(_line, e);
        }
        if (wrong is not null)
            throw EngineFaults.Answered(System.Net.HttpStatusCode.OK, wrong) is { Fault: EngineFault.NoSpace } full ? full : new EngineException(EngineFault.ImageWrong, wrong);
        if (!await Has(image, ct))
            throw new EngineException(EngineFault.ImageWrong, image.Tag);
    }

    /// <summary>Takes those images of ours away that no container uses and that are not this one.</summary>
    /// <exception cref="EngineException">The engine does not say which there are.</exception>
    public async Task RemoveOthers(RelayImage image, CancellationToken ct)
    {
        var labelled = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [RelayImage.ContentLabel] = true } };
        foreach (var old in await Ask(t => _client.Images.ListImagesAsync(new ImagesListParameters { Filters = labelled }, t), ct))
            foreach (var tag in (old.RepoTags ?? []).Where(t => t.Contains(RelayImage.Repository + ":", StringComparison.Ordinal) && !t.EndsWith(image.Tag, StringComparison.Ordinal)))
            {
                try
                {
                    await Ask(t => _client.Images.DeleteImageAsync(tag, new ImageDeleteParameters { Force = false }, t), ct);
                }
                catch (EngineException e) when (e.Fault is EngineFault.Refused or EngineFault.NameTaken or EngineFault.NotFound or EngineFault.NoImage)
                {
                    // In use, or gone.
                }
            }
    }

    // A file that tells how far it has been read.
    private sealed class Sending(FileStream file, Action<long> read) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => file.Length;
        public override long Position { get => file.Position; set => file.Position = value; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var got = await file.ReadAsync(buffer, cancellationToken);
            read(file.Position);
            return got;
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var got = file.Read(buffer, offset, count);
            read(file.Position);
            return got;
        }

        public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);
        public override void Flush() => file.Flush();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                file.Dispose();
            base.Dispose(disposing);
        }
    }
}
