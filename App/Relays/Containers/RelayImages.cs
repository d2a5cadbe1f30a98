using Gatehouse.Platform.Hosting;
using Gatehouse.Relays.Engines;
using Gatehouse.Relays.Faults;

namespace Gatehouse.Relays.Containers;

/// <summary>The program that relays in containers run.</summary>
/// <param name="Path">As it was published.</param>
public sealed record RelayProgram(string Path)
{
    /// <summary>This one.</summary>
    public static RelayProgram Own => new(Environment.ProcessPath ?? throw new InvalidOperationException("The system does not say which program this is."));
}

/// <summary>The image of this program, made when it is first needed and kept in the data folder while it runs.</summary>
public sealed class RelayImages(RelayProgram program, DataFolder data) : IDisposable
{
    private const string Folder = "relay-image";
    private readonly SemaphoreSlim _one = new(1);
    private RelayImage? _image;

    /// <exception cref="EngineException"><see cref="EngineFault.ImageWrong"/> or <see cref="EngineFault.NoSpace"/>: it cannot be made here.</exception>
    public async Task<RelayImage> Get(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            return _image ??= await Make(ct);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new EngineException(e is InvalidDataException ? EngineFault.ImageWrong : EngineFault.NoSpace, e.Message, e);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Sends it, if the engine does not have it, and takes older ones away that nothing uses.</summary>
    /// <param name="sent">Bytes so far.</param>
    /// <returns>Had it to be sent?</returns>
    /// <exception cref="EngineException">It did not arrive.</exception>
    public async Task<(RelayImage Image, bool Sent)> Ship(Engine engine, Func<RelayImage, IProgress<long>?> sent, CancellationToken ct)
    {
        var image = await Get(ct);
        if (await engine.Has(image, ct))
            return (image, false);
        await engine.Ship(image, sent(image), ct);
        await FaultPoints.Passed(FaultPoint.ImageSent);
        await engine.RemoveOthers(image, ct);
        await FaultPoints.Passed(FaultPoint.OldImagesRemoved);
        return (image, true);
    }

    public void Dispose()
    {
        _image?.Dispose();
        _one.Dispose();
    }

    private async Task<RelayImage> Make(CancellationToken ct)
    {
        var folder = Path.Combine(data.Path, Folder);
        // What a process that was killed left behind.
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        return await RelayImage.Make(program.Path, folder, ct);
    }
}
