using Gatehouse.Platform.Http;

namespace Gatehouse.Platform.Ui;

/// <summary>What a page with a form is given: beside what was typed, why it was refused.</summary>
public interface IFormModel
{
    /// <summary>Null when it was not, or not yet.</summary>
    Refusal? Refusal { get; }
}
