namespace MedISeg.Dicom.Web;

/// <summary>What became of the objects that were sent.</summary>
/// <param name="Stored">Number of objects that the archive has now, those that it had already included.</param>
/// <param name="Failures">Those that it did not take.</param>
public sealed record StoreOutcome(int Stored, IReadOnlyList<StoreFailure> Failures);

/// <summary>An object that an archive did not take.</summary>
/// <param name="SopInstanceUid">Its name.</param>
/// <param name="Reason">Failure reason (0008,1197). Source: PS3.18 annex I.2.2 and PS3.4 annex GG.</param>
public sealed record StoreFailure(string SopInstanceUid, int Reason);
